#include "cloud/load_balancer/requests.h"

#include <algorithm>
#include <cctype>

#include "base/strings.h"

namespace fairway::cloud {
namespace {

using Type = WsmeType;
using Rules = std::vector<WsmeRule>;

constexpr std::int64_t kMaxTimeout = 24LL * 24 * 60 * 60 * 1000;
constexpr std::int64_t kMaxQuota = 2'000'000'000;
constexpr std::int64_t kMaxInteger = INT64_MAX;

// ---- patterns

bool is_cookie_name(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0 || c == ',' || c == ';' || c == '\\';
  });
}

bool is_code(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && !label.starts_with('-') && !label.ends_with('-') &&
         std::ranges::all_of(
             label, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; });
}

bool is_domain_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(split(text, '.'), is_label);
}

// ---- attributes that many objects share

WsmeRule text(std::string_view name, std::int64_t max = 255) {
  return {.name = name, .type = Type::text, .max = max};
}
WsmeRule flag(std::string_view name) { return {.name = name, .type = Type::boolean}; }
WsmeRule id(std::string_view name) { return {.name = name, .type = Type::uuid}; }
WsmeRule integer(std::string_view name, std::int64_t min, std::int64_t max) {
  return {.name = name, .type = Type::integer, .min = min, .max = max};
}
WsmeRule choice(std::string_view name, std::vector<std::string_view> values) {
  return {.name = name, .type = Type::choice, .values = std::move(values)};
}
WsmeRule texts(std::string_view name, std::int64_t max = 255) {
  return {.name = name, .type = Type::text_list, .max = max};
}
WsmeRule object(std::string_view name, WsmeRules fields) {
  return {.name = name, .type = Type::object, .fields = fields};
}
WsmeRule objects(std::string_view name, WsmeRules fields) {
  return {.name = name, .type = Type::object_list, .fields = fields};
}
WsmeRule required(WsmeRule rule) {
  rule.required = true;
  return rule;
}

Rules operator+(Rules left, const Rules& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Rules named() { return {text("name"), text("description"), flag("admin_state_up"), texts("tags")}; }
Rules project() { return {text("project_id", 36), text("tenant_id", 36)}; }

Rules tls_preferences() {
  return {text("tls_ciphers", 2048), texts("tls_versions", 32), {.name = "alpn_protocols", .type = Type::alpn_list}};
}

// ---- health monitors

WsmeRule monitor_type() {
  return choice("type", {"HTTP", "HTTPS", "PING", "TCP", "TLS-HELLO", "UDP-CONNECT", "SCTP"});
}

Rules monitor_settings(bool creating) {
  const auto must = [&](WsmeRule rule) { return creating ? required(std::move(rule)) : rule; };
  return {text("name"),
          must(integer("delay", 0, kMaxInteger)),
          must(integer("timeout", 0, kMaxInteger)),
          integer("max_retries_down", 1, 10),
          must(integer("max_retries", 1, 10)),
          choice("http_method", {"GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PATCH"}),
          {.name = "url_path", .type = Type::url_path},
          {.name = "expected_codes",
           .type = Type::text,
           .pattern = R"(^(\d{3}(\s*,\s*\d{3})*)$|^(\d{3}-\d{3})$)",
           .fits_pattern = is_expected_codes},
          flag("admin_state_up"),
          texts("tags"),
          {.name = "http_version", .type = Type::number, .values = {"1.0", "1.1"}},
          {.name = "domain_name",
           .type = Type::text,
           .min = 1,
           .pattern = R"(^(?=.{1,253}\.?$)(?:(?!-|[^.]+_)[A-Za-z0-9-_]{1,63}(?<!-)(?:\.|$))+$)",
           .fits_pattern = is_domain_name}};
}

WsmeRules monitor_in_graph() {
  static const Rules rules = Rules{required(monitor_type())} + monitor_settings(true);
  return rules;
}

// ---- members

Rules member_identity() {
  return {text("name"), flag("admin_state_up"), required({.name = "address", .type = Type::address}),
          required(integer("protocol_port", 1, 65535))};
}

Rules member_settings() {
  return {integer("weight", 0, 256),
          flag("backup"),
          integer("monitor_port", 1, 65535),
          {.name = "monitor_address", .type = Type::address},
          texts("tags")};
}

WsmeRules member_in_graph() {
  static const Rules rules = member_identity() + member_settings() + Rules{id("subnet_id")};
  return rules;
}

// ---- pools

WsmeRule pool_protocol() { return choice("protocol", {"TCP", "HTTP", "HTTPS", "PROXY", "PROXYV2", "UDP", "SCTP"}); }
WsmeRule algorithm() {
  return choice("lb_algorithm", {"LEAST_CONNECTIONS", "SOURCE_IP_PORT", "SOURCE_IP", "ROUND_ROBIN"});
}

WsmeRules persistence(bool creating) {
  const auto made = [](bool must) {
    auto type = choice("type", {"SOURCE_IP", "HTTP_COOKIE", "APP_COOKIE"});
    type.required = must;
    return Rules{
        std::move(type),
        {.name = "cookie_name", .type = Type::text, .pattern = R"(^[^\s,;\\]+$)", .fits_pattern = is_cookie_name},
        integer("persistence_timeout", 0, kMaxInteger),
        {.name = "persistence_granularity", .type = Type::address}};
  };
  static const Rules post = made(true), put = made(false);
  return creating ? post : put;
}

Rules pool_tls() {
  return Rules{text("tls_container_ref"), text("ca_tls_container_ref"), text("crl_container_ref"),
               flag("tls_enabled")} +
         tls_preferences();
}

WsmeRules pool_in_graph() {
  static const Rules rules =
      named() +
      Rules{pool_protocol(), algorithm(), object("session_persistence", persistence(true)),
            object("healthmonitor", monitor_in_graph()), objects("members", member_in_graph())} +
      pool_tls();
  return rules;
}

// ---- listeners

WsmeRule listener_protocol() {
  return required(choice("protocol", {"TERMINATED_HTTPS", "TCP", "HTTP", "PROMETHEUS", "SCTP", "HTTPS", "UDP"}));
}

Rules listener_settings() {
  return Rules{integer("connection_limit", -1, kMaxInteger),
               text("default_tls_container_ref"),
               texts("sni_container_refs"),
               id("default_pool_id"),
               {.name = "insert_headers", .type = Type::text_map},
               integer("timeout_client_data", 0, kMaxTimeout),
               integer("timeout_member_connect", 0, kMaxTimeout),
               integer("timeout_member_data", 0, kMaxTimeout),
               integer("timeout_tcp_inspect", 0, kMaxTimeout),
               text("client_ca_tls_container_ref"),
               choice("client_authentication", {"NONE", "OPTIONAL", "MANDATORY"}),
               text("client_crl_container_ref"),
               {.name = "allowed_cidrs", .type = Type::cidr_list}} +
         tls_preferences();
}

// L7 policies are refused as a whole by the provider; they are read so that the refusal is what a client hears.
WsmeRules l7_rule_in_graph() {
  static const Rules rules{text("type"),   text("compare_type"),   text("key"),  text("value"),
                           flag("invert"), flag("admin_state_up"), texts("tags")};
  return rules;
}

WsmeRules l7_policy_in_graph() {
  static const Rules rules{text("name"),
                           text("description"),
                           choice("action", {"REJECT", "REDIRECT_TO_URL", "REDIRECT_TO_POOL", "REDIRECT_PREFIX"}),
                           flag("admin_state_up"),
                           integer("position", 1, INT32_MAX),
                           object("redirect_pool", pool_in_graph()),
                           text("redirect_url"),
                           text("redirect_prefix"),
                           integer("redirect_http_code", 301, 308),
                           texts("tags"),
                           objects("rules", l7_rule_in_graph())};
  return rules;
}

Rules listener_graph_parts() {
  return {object("default_pool", pool_in_graph()), objects("l7policies", l7_policy_in_graph())};
}

WsmeRules listener_in_graph() {
  static const Rules rules = named() + Rules{listener_protocol(), required(integer("protocol_port", 1, 65535))} +
                             listener_settings() + listener_graph_parts();
  return rules;
}

WsmeRules additional_vip() {
  static const Rules rules{required(id("subnet_id")), {.name = "ip_address", .type = Type::address}, id("port_id")};
  return rules;
}

}  // namespace

bool is_expected_codes(std::string_view text) {
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    return is_code(text.substr(0, dash)) && is_code(text.substr(dash + 1));
  }
  const auto codes = split(text, ',');
  return codes.front() == trim(codes.front()) && codes.back().ends_with(trim(codes.back())) &&
         std::ranges::all_of(codes, [](auto code) { return is_code(trim(code)); });
}

WsmeRules load_balancer_post() {
  static const Rules rules = named() +
                             Rules{{.name = "vip_address", .type = Type::address},
                                   id("vip_port_id"),
                                   id("vip_subnet_id"),
                                   id("vip_network_id"),
                                   id("vip_qos_policy_id"),
                                   objects("additional_vips", additional_vip()),
                                   objects("listeners", listener_in_graph()),
                                   objects("pools", pool_in_graph()),
                                   text("provider", 64),
                                   id("flavor_id"),
                                   text("availability_zone")} +
                             project();
  return rules;
}

WsmeRules load_balancer_put() {
  static const Rules rules = named() + Rules{id("vip_qos_policy_id")};
  return rules;
}

WsmeRules listener_post() {
  static const Rules rules =
      named() +
      Rules{listener_protocol(), required(integer("protocol_port", 1, 65535)), required(id("loadbalancer_id"))} +
      listener_settings() + listener_graph_parts() + project();
  return rules;
}

WsmeRules listener_put() {
  static const Rules rules = named() + listener_settings();
  return rules;
}

WsmeRules pool_post() {
  static const Rules rules = named() +
                             Rules{id("listener_id"),
                                   id("loadbalancer_id"),
                                   required(pool_protocol()),
                                   required(algorithm()),
                                   object("session_persistence", persistence(true)),
                                   object("healthmonitor", monitor_in_graph()),
                                   objects("members", member_in_graph())} +
                             pool_tls() + project();
  return rules;
}

WsmeRules pool_put() {
  static const Rules rules =
      named() + Rules{algorithm(), object("session_persistence", persistence(false))} + pool_tls();
  return rules;
}

WsmeRules member_post() {
  static const Rules rules = member_identity() + member_settings() + Rules{id("subnet_id")} + project();
  return rules;
}

WsmeRules member_put() {
  static const Rules rules = Rules{text("name"), flag("admin_state_up")} + member_settings();
  return rules;
}

WsmeRules health_monitor_post() {
  static const Rules rules =
      Rules{required(id("pool_id")), required(monitor_type())} + monitor_settings(true) + project();
  return rules;
}

WsmeRules health_monitor_put() {
  static const Rules rules = monitor_settings(false);
  return rules;
}

WsmeRules quota_put() {
  static const Rules rules = [] {
    Rules made;
    for (const auto name : {"loadbalancer", "load_balancer", "listener", "member", "pool", "healthmonitor",
                            "health_monitor", "l7policy", "l7rule"}) {
      made.push_back(integer(name, -1, kMaxQuota));
    }
    return made;
  }();
  return rules;
}

}  // namespace fairway::cloud
