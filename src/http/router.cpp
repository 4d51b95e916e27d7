#include "http/router.h"

#include <algorithm>
#include <optional>

#include "base/strings.h"

namespace fairway::http {
namespace {

enum class Kind { literal, one, rest };  // in the order of preference

Kind kind(std::string_view segment) {
  if (!segment.starts_with('{')) return Kind::literal;
  return segment.ends_with("...}") ? Kind::rest : Kind::one;
}

std::string_view parameter_name(std::string_view segment) {
  const std::size_t tail = kind(segment) == Kind::rest ? 4 : 1;
  return segment.substr(1, segment.size() - 1 - tail);
}

// "/a/b/" and "/a/b" -> "a" "b"; "/" -> nothing.
std::vector<std::string_view> to_segments(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return {};
  return split(path, '/');
}

bool more_literal(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::lexicographical_compare(a, b, {}, kind, kind);
}

// Two patterns that match the same paths, whatever their parameters are called.
bool same_pattern(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::equal(a, b, [](const std::string& x, const std::string& y) {
    return kind(x) == kind(y) && (kind(x) != Kind::literal || x == y);
  });
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
  const bool open_ended = !pattern.empty() && kind(pattern.back()) == Kind::rest;
  if (open_ended ? path.size() < pattern.size() : path.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const Kind of = kind(pattern[i]);
    if (of == Kind::rest) return true;
    if (of == Kind::one && path[i].empty()) return false;
    if (of == Kind::literal && path[i] != pattern[i] && percent_decode(path[i]) != pattern[i]) return false;
  }
  return true;
}

void bind(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path, Request& request) {
  request.path_parameters.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (kind(pattern[i]) == Kind::literal) continue;
    std::string value = percent_decode(path[i]);
    for (std::size_t next = i + 1; kind(pattern[i]) == Kind::rest && next < path.size(); ++next) {
      value += "/" + percent_decode(path[next]);
    }
    request.path_parameters.emplace_back(parameter_name(pattern[i]), std::move(value));
  }
}

Task<Response> answer(Response response) { co_return response; }

Task<Response> answer_wrong_method(Task<Response> made, std::string allow) {
  Response response = co_await std::move(made);
  if (!response.headers.find("Allow")) response.headers.set("Allow", std::move(allow));
  co_return response;
}

}  // namespace

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  std::vector<std::string> segments;
  for (const auto segment : to_segments(pattern)) segments.emplace_back(segment);
  for (const auto& route : routes_) FW_CHECK(route.method != method || !same_pattern(route.segments, segments));
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) FW_CHECK(kind(segments[i]) != Kind::rest);
  const auto at =
      std::ranges::find_if(routes_, [&](const Route& route) { return more_literal(segments, route.segments); });
  routes_.insert(at, Route{std::string(method), std::move(segments), std::move(handler)});
}

Task<Response> Router::dispatch(Request& request) const {
  const auto path = to_segments(request.path);
  const Route* get = nullptr;  // answers HEAD where nothing else does; the server leaves the body out
  std::vector<std::string> allowed;
  for (const auto& route : routes_) {
    if (!matches(route.segments, path)) continue;
    if (route.method == request.method) {
      bind(route.segments, path, request);
      return route.handler(request);
    }
    if (get == nullptr && route.method == "GET") get = &route;
    if (std::ranges::find(allowed, route.method) == allowed.end()) allowed.push_back(route.method);
  }
  if (get != nullptr && request.method == "HEAD") {
    bind(get->segments, path, request);
    return get->handler(request);
  }
  if (allowed.empty()) return not_found_ ? not_found_(request) : answer(Response::text(404, "404 page not found\n"));
  auto refused = wrong_method_ ? wrong_method_(request) : answer(Response::text(405, "405 method not allowed\n"));
  return answer_wrong_method(std::move(refused), join(allowed, ", "));
}

}  // namespace fairway::http
