// What server and client write alike. Pure. Internal to http/.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace fairway::http {

// "name: value\r\n"; a value cannot begin a line of its own.
void append_header(std::string& out, std::string_view name, std::string_view value);
// The message's frame is written by whoever sends it; what a caller says about it is left out.
void append_headers_but_framing(std::string& out, const Headers& headers);

}  // namespace fairway::http
