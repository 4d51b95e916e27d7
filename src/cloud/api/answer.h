// {"<root>": value}: what most calls of most APIs answer.
#pragma once

#include <string_view>
#include <utility>

#include "http/message.h"
#include "json/value.h"

namespace fairway::cloud {

[[nodiscard]] inline http::Response rooted(int status, std::string_view root, json::Value value) {
  json::Object body;
  body.emplace(root, std::move(value));
  return http::Response::json(status, json::write(body));
}

}  // namespace fairway::cloud
