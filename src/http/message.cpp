#include "http/message.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace fairway::http {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string decode_form(std::string_view text) {
  if (text.find_first_of("%+") == std::string_view::npos) return std::string(text);
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return percent_decode(spaced);
}

struct Reason {
  int status;
  std::string_view text;
};

// RFC 9110, section 15, and RFC 6585; in order.
constexpr auto reasons = std::to_array<Reason>({
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Request Entity Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Entity"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
});

}  // namespace

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(items_, [&](const auto& item) { return same_name(item.first, name); });
  add(name, std::move(value));
}

void Headers::add(std::string_view name, std::string value) { items_.emplace_back(name, std::move(value)); }

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [key, value] : items_) {
    if (same_name(key, name)) return value;
  }
  return std::nullopt;
}

// As HTML forms have it: '+' is a space, a key may lack "=", empty parts mean nothing.
Query Query::parse(std::string_view text) {
  Query query;
  if (text.empty()) return query;
  for (const auto part : split(text, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    std::string value = equals == std::string_view::npos ? "" : decode_form(part.substr(equals + 1));
    query.items_.emplace_back(decode_form(part.substr(0, equals)), std::move(value));
  }
  return query;
}

std::optional<std::string_view> Query::find(std::string_view key) const {
  const auto at = std::ranges::find(items_, key, &std::pair<std::string, std::string>::first);
  if (at == items_.end()) return std::nullopt;
  return at->second;
}

std::vector<std::string_view> Query::all(std::string_view key) const {
  std::vector<std::string_view> values;
  for (const auto& [name, value] : items_) {
    if (name == key) values.emplace_back(value);
  }
  return values;
}

const std::string& Request::parameter(std::string_view name) const {
  const auto at = std::ranges::find(path_parameters, name, &std::pair<std::string, std::string>::first);
  FW_CHECK(at != path_parameters.end());
  return at->second;
}

Response Response::text(int status, std::string body) {
  return {.status = status, .headers = {{"Content-Type", "text/plain; charset=utf-8"}}, .body = std::move(body)};
}

Response Response::json(int status, std::string body) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

Response Response::empty(int status) { return {.status = status}; }

std::string_view reason(int status) {
  const auto at = std::ranges::lower_bound(reasons, status, {}, &Reason::status);
  return at != reasons.end() && at->status == status ? at->text : "Unknown";
}

}  // namespace fairway::http
