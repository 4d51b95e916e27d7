// From method and path to a handler.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace fairway::http {

using Handler = std::function<Task<Response>(Request&)>;

// Patterns: "/v2.0/networks/{id}"; a segment in braces matches one non-empty segment, and "{rest...}" at the end
// matches what is left, slashes included. Literal segments win over braces. One trailing slash is tolerated.
class Router {
 public:
  // A pattern twice for one method is a broken invariant.
  void add(std::string_view method, std::string_view pattern, Handler handler);
  // Answers requests that no pattern matches (default: 404 as text) and known paths with another method (default:
  // 405).
  void set_not_found(Handler handler) { not_found_ = std::move(handler); }
  void set_wrong_method(Handler handler) { wrong_method_ = std::move(handler); }

  [[nodiscard]] Task<Response> dispatch(Request& request) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> segments;
    Handler handler;
  };
  std::vector<Route> routes_;  // most literal first
  Handler not_found_;
  Handler wrong_method_;
};

}  // namespace fairway::http
