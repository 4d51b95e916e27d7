// Small questions about text that the standard library leaves open. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairway {

// Parts between separators, empty ones included: split("a,,b", ',') -> "a" "" "b"; split("", ',') -> "".
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

// Whole text as a decimal number, or nothing ("+1", " 1", "1 " and "" are nothing).
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text);

// Percent-encoding of everything but RFC 3986's unreserved characters; decoding leaves malformed escapes as they are.
[[nodiscard]] std::string percent_encode(std::string_view text);
[[nodiscard]] std::string percent_decode(std::string_view text);

// Base64 (RFC 4648, section 4, with padding). Decoding skips line breaks and refuses anything else foreign.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

// 8-4-4-4-12 hexadecimal digits, or 32 of them.
[[nodiscard]] bool is_uuid(std::string_view text);

}  // namespace fairway
