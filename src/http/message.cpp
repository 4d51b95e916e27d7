#include "http/message.h"

#include <algorithm>

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

// RFC 9110, section 15, and RFC 6585.
std::string_view reason(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 203:
      return "Non-Authoritative Information";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 300:
      return "Multiple Choices";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Request Entity Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Unknown";
  }
}

}  // namespace fairway::http
