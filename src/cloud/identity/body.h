// Request bodies in Keystone's way, with Keystone's words for what is wrong.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "json/value.h"

namespace fairway::cloud::identity {

// The object under `root`. Error: invalid, "Expecting to find <root> in request body. …".
[[nodiscard]] Result<json::Object> read_keystone_body(const http::Request& request, std::string_view root);

// A key's value where it is there and not null. Error: "Invalid input for field 'name': 5 is not of type 'string'".
[[nodiscard]] Result<std::optional<std::string>> text_field(const json::Object& object, std::string_view key);
[[nodiscard]] Result<std::optional<bool>> bool_field(const json::Object& object, std::string_view key);
// Error when absent: "'name' is a required property".
[[nodiscard]] Result<std::string> required_text(const json::Object& object, std::string_view key);
// An object inside. Error when absent or of another type.
[[nodiscard]] Result<const json::Object*> required_object(const json::Object& object, std::string_view key,
                                                          std::string_view where);

// A name of 1 to 255 characters.
[[nodiscard]] Result<> check_name(std::string_view name);

// "Could not find project: X."
[[nodiscard]] std::unexpected<Error> not_found(std::string_view kind, std::string_view id);
// "Conflict occurred attempting to store user - Duplicate entry found with name X …"
[[nodiscard]] std::unexpected<Error> duplicate(std::string_view kind, std::string_view name);

}  // namespace fairway::cloud::identity
