#include "cloud/lbaas_v1/requests.h"

#include <limits>

#include <fmt/format.h>

#include "cloud/api/fault.h"
#include "cloud/api/wsme.h"
#include "cloud/load_balancer/requests.h"

namespace fairway::cloud::lbaas_v1 {
namespace {

using Type = AttributeType;

constexpr std::int64_t kDescription = 1024, kMostSeconds = 86'400,
                       kMostConnections = std::numeric_limits<std::int32_t>::max();

std::unexpected<Error> bad_request(std::string message) {
  return fault(Errc::invalid, "HTTPBadRequest", std::move(message));
}

AttributeRule read_only(std::string_view name) {
  return {.name = name, .type = Type::any, .post = false, .put = false};
}

AttributeRule admin_state_up() { return {.name = "admin_state_up", .type = Type::boolean}; }
AttributeRule project_id() { return {.name = "project_id", .put = false}; }
AttributeRule description() { return {.name = "description", .max = kDescription}; }

AttributeRule protocol() {
  return {
      .name = "protocol", .type = Type::choice, .put = false, .required = true, .values = {"TCP", "HTTP", "HTTPS"}};
}

AttributeRule port_number() {
  return {.name = "protocol_port", .type = Type::integer, .put = false, .required = true, .min = 1, .max = 65'535};
}

AttributeRule seconds(std::string_view name) {
  return {.name = name, .type = Type::integer, .required = true, .min = 1, .max = kMostSeconds};
}

bool speaks_http(std::string_view type) { return type == "HTTP" || type == "HTTPS"; }

Result<> check_monitor(const HealthMonitor& monitor) {
  if (monitor.delay < monitor.timeout) {
    return fault(Errc::invalid, "DelayOrTimeoutInvalid", "Delay must be greater than or equal to timeout");
  }
  if (monitor.url_path && !is_url_path(*monitor.url_path)) {
    return bad_request(
        fmt::format("Invalid input for url_path. Reason: '{}' is not a valid URL path.", *monitor.url_path));
  }
  if (monitor.expected_codes && !is_expected_codes(*monitor.expected_codes)) {
    return bad_request(
        fmt::format("Invalid input for expected_codes. Reason: '{}' is neither a code (200), a list (200,202) nor a "
                    "range (200-204).",
                    *monitor.expected_codes));
  }
  return {};
}

}  // namespace

const std::vector<AttributeRule>& vip_rules() {
  static const std::vector<AttributeRule> rules{
      read_only("id"),
      project_id(),
      {.name = "name"},
      description(),
      {.name = "subnet_id", .type = Type::uuid, .put = false, .required = true},
      {.name = "address", .type = Type::address, .put = false, .nullable = true},
      read_only("port_id"),
      port_number(),
      protocol(),
      {.name = "pool_id", .type = Type::uuid, .required = true},
      {.name = "session_persistence", .type = Type::object, .nullable = true},
      {.name = "connection_limit", .type = Type::integer, .min = -1, .max = kMostConnections},
      admin_state_up(),
      read_only("status"),
      read_only("status_description")};
  return rules;
}

const std::vector<AttributeRule>& pool_rules() {
  static const std::vector<AttributeRule> rules{
      read_only("id"),
      project_id(),
      read_only("vip_id"),
      {.name = "name"},
      description(),
      {.name = "subnet_id", .type = Type::uuid, .put = false, .required = true},
      protocol(),
      {.name = "provider", .put = false, .nullable = true},
      {.name = "lb_method",
       .type = Type::choice,
       .required = true,
       .values = {"ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP"}},
      read_only("members"),
      read_only("health_monitors"),
      read_only("health_monitors_status"),
      admin_state_up(),
      read_only("status"),
      read_only("status_description")};
  return rules;
}

const std::vector<AttributeRule>& member_rules() {
  static const std::vector<AttributeRule> rules{
      read_only("id"),
      project_id(),
      {.name = "pool_id", .type = Type::uuid, .required = true},
      {.name = "address", .type = Type::address, .put = false, .required = true},
      port_number(),
      {.name = "weight", .type = Type::integer, .max = 256},
      admin_state_up(),
      read_only("status"),
      read_only("status_description")};
  return rules;
}

const std::vector<AttributeRule>& monitor_rules() {
  static const std::vector<AttributeRule> rules{
      read_only("id"),
      project_id(),
      {.name = "type",
       .type = Type::choice,
       .put = false,
       .required = true,
       .values = {"PING", "TCP", "HTTP", "HTTPS"}},
      seconds("delay"),
      seconds("timeout"),
      {.name = "max_retries", .type = Type::integer, .required = true, .min = 1, .max = 10},
      {.name = "http_method",
       .type = Type::choice,
       .values = {"GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PATCH"}},
      {.name = "url_path"},
      {.name = "expected_codes", .max = 64},
      admin_state_up(),
      read_only("pools"),
      read_only("status"),
      read_only("status_description")};
  return rules;
}

const std::vector<AttributeRule>& association_rules() {
  static const std::vector<AttributeRule> rules{{.name = "id", .type = Type::uuid, .required = true}, project_id()};
  return rules;
}

Result<std::optional<SessionPersistence>> persistence_of(const json::Object& request) {
  if (!is_given(request, "session_persistence")) return std::optional<SessionPersistence>{};
  const auto wrong = [](std::string_view reason) {
    return bad_request(fmt::format("Invalid input for session_persistence. Reason: {}.", reason));
  };
  const auto& given = request.at("session_persistence").as_object();
  for (const auto& item : given) {
    if (item.key() != "type" && item.key() != "cookie_name")
      return wrong(fmt::format("'{}' is neither type nor cookie_name", std::string_view(item.key())));
    if (!item.value().is_string() && !item.value().is_null())
      return wrong(fmt::format("'{}' is not a valid string", json::write(item.value())));
  }
  SessionPersistence persistence;
  persistence.type = text_or(given, "type");
  const auto cookie = text_or(given, "cookie_name");
  if (persistence.type != "SOURCE_IP" && persistence.type != "HTTP_COOKIE" && persistence.type != "APP_COOKIE")
    return wrong(fmt::format("'{}' is not in ['SOURCE_IP', 'HTTP_COOKIE', 'APP_COOKIE']", persistence.type));
  if (persistence.type == "APP_COOKIE" && cookie.empty())
    return wrong("'cookie_name' should be specified for this type of session persistence");
  if (persistence.type != "APP_COOKIE" && given.contains("cookie_name"))
    return wrong("'cookie_name' is not allowed for this type of session persistence");
  if (!cookie.empty()) persistence.cookie_name = cookie;
  return std::optional(std::move(persistence));
}

Result<> check_provider(const json::Object& request) {
  const auto provider = text_or(request, "provider", "haproxy");
  if (provider == "haproxy") return {};
  return fault(Errc::not_found, "ServiceProviderNotFound",
               fmt::format("Service provider '{}' could not be found for service type LOADBALANCER", provider));
}

Result<> fill_monitor(HealthMonitor& monitor, const json::Object& request) {
  monitor.delay = integer_or(request, "delay", monitor.delay);
  monitor.timeout = integer_or(request, "timeout", monitor.timeout);
  // v1 has one number: so many failures take a member out, and v2's second one is for the way down.
  monitor.max_retries = integer_or(request, "max_retries", monitor.max_retries);
  if (request.contains("max_retries")) monitor.max_retries_down = monitor.max_retries;
  const auto take = [&](std::string_view name, std::optional<std::string>& value, std::string_view otherwise) {
    if (is_given(request, name)) value = text_or(request, name);
    if (!value) value = std::string(otherwise);
  };
  if (speaks_http(monitor.type)) {
    take("http_method", monitor.http_method, "GET");
    take("url_path", monitor.url_path, "/");
    take("expected_codes", monitor.expected_codes, "200");
  }
  return check_monitor(monitor);
}

}  // namespace fairway::cloud::lbaas_v1
