#include "http/wire.h"

#include "base/strings.h"

namespace fairway::http {
namespace {

bool is_framing(std::string_view name) {
  const auto lower = to_lower(name);
  return lower == "content-length" || lower == "transfer-encoding" || lower == "connection" || lower == "date" ||
         lower == "expect";
}

}  // namespace

void append_header(std::string& out, std::string_view name, std::string_view value) {
  const auto append = [&out](std::string_view text, std::string_view never) {
    for (const char c : text) out += never.contains(c) ? ' ' : c;
  };
  append(name, std::string_view("\r\n\0:", 4));
  out += ": ";
  append(value, std::string_view("\r\n\0", 3));
  out += "\r\n";
}

void append_headers_but_framing(std::string& out, const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_framing(name)) append_header(out, name, value);
  }
}

}  // namespace fairway::http
