#include "cloud/load_balancer/listeners.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/strings.h"
#include "cloud/load_balancer/attributes.h"
#include "cloud/load_balancer/transitions.h"
#include "net/address.h"

namespace fairway::cloud {
namespace {

constexpr std::array kPlainHeaders{"X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"};
constexpr std::array kTlsHeaders{"X-SSL-Client-Verify",     "X-SSL-Client-Has-Cert", "X-SSL-Client-DN",
                                 "X-SSL-Client-CN",         "X-SSL-Issuer",          "X-SSL-Client-SHA1",
                                 "X-SSL-Client-Not-Before", "X-SSL-Client-Not-After"};

template <class List>
bool contains(const List& list, std::string_view item) {
  return std::ranges::find(list, item) != std::end(list);
}

std::string_view transport_of(std::string_view protocol) {
  return protocol == "UDP" || protocol == "SCTP" ? protocol : "TCP";
}

bool has_certificate(const json::Object& request) {
  return is_given(request, "default_tls_container_ref") || !texts_or_empty(request, "sni_container_refs").empty();
}

// ---- header insertion

Result<> check_insert_headers(std::string_view protocol, const json::Object& headers) {
  if (protocol != "HTTP" && protocol != "TERMINATED_HTTPS") {
    return not_an_option("insert-headers", fmt::format("a {} protocol listener.", protocol));
  }
  std::vector<std::string> names, for_tls;
  bool unknown = false;
  for (const auto& header : headers) {
    const std::string name(header.key());
    names.push_back(fmt::format("'{}'", name));
    unknown |= !contains(kPlainHeaders, name) && !contains(kTlsHeaders, name);
    if (contains(kTlsHeaders, name)) for_tls.push_back(names.back());
  }
  if (unknown) return not_an_option(fmt::format("dict_keys([{}])", fmt::join(names, ", ")), "insert_headers");
  if (protocol == "HTTP" && !for_tls.empty()) {
    return not_an_option(fmt::format("[{}]", fmt::join(for_tls, ", ")), "HTTP protocol listener.");
  }
  for (const auto& header : headers) {
    const auto value = header.value().is_string() ? to_lower(header.value().get_string()) : std::string();
    if (value != "true" && value != "false")
      return not_an_option(python_repr(header.value()), std::string(header.key()));
  }
  return {};
}

Result<> check_headers_of(std::string_view protocol, const json::Object& request) {
  if (!is_given(request, "insert_headers")) return {};
  const auto& headers = request.at("insert_headers").as_object();
  return headers.empty() ? Result<>{} : check_insert_headers(protocol, headers);
}

// ---- TLS, of which there is none yet: a certificate cannot be had

Result<> check_certificates(std::string_view protocol, const json::Object& request) {
  const bool certificate = has_certificate(request);
  if (certificate && protocol != "TERMINATED_HTTPS" && protocol != "PROMETHEUS") {
    return validation_failure(
        fmt::format("Certificate container references are not allowed on {} protocol listeners.", protocol));
  }
  if (is_given(request, "client_ca_tls_container_ref") && !certificate) {
    return validation_failure(
        "An SNI or default certificate container reference must be provided with a client CA container reference.");
  }
  if (protocol == "TERMINATED_HTTPS" && !certificate) {
    return validation_failure(
        "An SNI or default certificate container reference must be provided for TERMINATED_HTTPS protocol "
        "listeners.");
  }
  const auto authentication = text_or(request, "client_authentication", "NONE");
  if (authentication != "NONE" && !is_given(request, "client_ca_tls_container_ref")) {
    return validation_failure(
        fmt::format("Client authentication setting {} requires a client CA container reference.", authentication));
  }
  if (is_given(request, "client_crl_container_ref") && !is_given(request, "client_ca_tls_container_ref")) {
    return validation_failure(
        "A client authentication CA reference is required to specify a client authentication revocation list.");
  }
  if (!certificate) return {};
  const auto several = texts_or_empty(request, "sni_container_refs");
  const auto reference = several.empty() ? text_or(request, "default_tls_container_ref") : several.front();
  return fail(Errc::invalid, fmt::format("Could not retrieve certificate: {}", reference));
}

Result<> check_offered(std::string_view protocol) {
  if (protocol == "TCP" || protocol == "HTTP" || protocol == "HTTPS") return {};
  return not_supported(fmt::format("{} protocol listeners.", protocol));
}

// ---- allowed CIDRs

Result<std::optional<std::vector<std::string>>> allowed_cidrs_of(const LoadBalancer& balancer,
                                                                 const json::Object& request) {
  std::vector<std::string> cidrs;
  for (auto& cidr : texts_or_empty(request, "allowed_cidrs")) {
    if (!contains(cidrs, cidr)) cidrs.push_back(std::move(cidr));
  }
  const auto vip = net::Address::parse(balancer.vip_address);
  for (const auto& cidr : cidrs) {
    if (vip && net::Prefix::parse(cidr)->is_v4() != vip->is_v4()) {
      return validation_failure(
          fmt::format("CIDR {} IP version incompatible with VIP {} IP version.", cidr, balancer.vip_address));
    }
  }
  if (cidrs.empty()) return std::optional<std::vector<std::string>>{};
  return std::optional(std::move(cidrs));
}

// ---- ports and pools

Result<> check_port_free(const Work& work, const std::string& load_balancer_id, std::string_view protocol,
                         std::int64_t port) {
  for (const auto* other : work.table<Listener>().find_by("load_balancer_id", load_balancer_id)) {
    if (other->protocol_port != port || transport_of(other->protocol) != transport_of(protocol)) continue;
    return fail(
        Errc::conflict,
        fmt::format("Another Listener on this Load Balancer is already using protocol {} and protocol_port {}",
                    other->protocol, port));
  }
  return {};
}

Result<> check_default_pool(const Work& work, std::string_view load_balancer_id, std::string_view protocol,
                            std::string_view pool_id) {
  if (pool_id.empty()) return {};
  if (protocol == "PROMETHEUS") {
    return fail(Errc::invalid, "Protocol PROMETHEUS listeners cannot have child objects.");
  }
  const auto* pool = work.find<Pool>(pool_id);
  if (pool == nullptr || pool->load_balancer_id != load_balancer_id) return not_found("Pool", pool_id);
  return check_protocols(protocol, pool->protocol);
}

// ---- attributes

void fill_settings(Listener& listener, const json::Object& request) {
  const Listener defaults;
  const auto take = [&](std::string_view name, std::int64_t& value, std::int64_t otherwise) {
    if (request.contains(name)) value = integer_or(request, name, otherwise);
  };
  take("connection_limit", listener.connection_limit, defaults.connection_limit);
  take("timeout_client_data", listener.timeout_client_data, defaults.timeout_client_data);
  take("timeout_member_connect", listener.timeout_member_connect, defaults.timeout_member_connect);
  take("timeout_member_data", listener.timeout_member_data, defaults.timeout_member_data);
  take("timeout_tcp_inspect", listener.timeout_tcp_inspect, defaults.timeout_tcp_inspect);
  fill_tls_preferences(listener, request);
  if (!request.contains("insert_headers")) return;
  listener.insert_headers.clear();
  if (!is_given(request, "insert_headers")) return;
  for (const auto& header : request.at("insert_headers").as_object()) {
    listener.insert_headers[std::string(header.key())] = std::string(header.value().as_string());
  }
}

Result<> refuse_graph_parts(const json::Object& request) {
  if (is_given(request, "default_pool")) {
    return validation_failure(
        "default_pool can only be given in a load balancer's create; make the pool and give its default_pool_id.");
  }
  if (is_given(request, "l7policies") && !request.at("l7policies").as_array().empty()) {
    return not_supported("L7 policies.");
  }
  return {};
}

}  // namespace

Result<> check_protocols(std::string_view listener, std::string_view pool) {
  static const std::map<std::string_view, std::vector<std::string_view>> kFits{
      {"TCP", {"HTTP", "HTTPS", "PROXY", "PROXYV2", "TCP"}},
      {"HTTP", {"HTTP", "PROXY", "PROXYV2"}},
      {"HTTPS", {"HTTPS", "PROXY", "PROXYV2", "TCP"}},
      {"TERMINATED_HTTPS", {"HTTP", "PROXY", "PROXYV2"}},
      {"UDP", {"UDP"}},
      {"SCTP", {"SCTP"}},
      {"PROMETHEUS", {}}};
  if (contains(kFits.at(listener), pool)) return {};
  return validation_failure(
      fmt::format("The pool protocol '{}' is invalid while the listener protocol is '{}'.", pool, listener));
}

Result<std::string> add_listener(const Decision& decision, const std::string& load_balancer_id,
                                 const std::string& default_pool_id, const json::Object& request) {
  const LoadBalancer balancer = *decision.work.find<LoadBalancer>(load_balancer_id);
  const auto protocol = text_or(request, "protocol");
  const auto port = integer_or(request, "protocol_port", 0);
  FW_TRY_DO(check_headers_of(protocol, request));
  FW_TRY_DO(check_certificates(protocol, request));
  FW_TRY_DO(check_port_free(decision.work, load_balancer_id, protocol, port));
  FW_TRY(auto cidrs, allowed_cidrs_of(balancer, request));
  FW_TRY_DO(check_offered(protocol));
  Listener listener;
  fill_new(decision, listener, balancer.project_id, request);
  listener.load_balancer_id = load_balancer_id;
  listener.protocol = protocol;
  listener.protocol_port = port;
  listener.default_pool_id = default_pool_id;
  listener.allowed_cidrs = std::move(cidrs);
  fill_settings(listener, request);
  const auto id = listener.id;
  decision.work.put(std::move(listener));
  return id;
}

Result<std::string> create_listener(const Decision& decision, const json::Object& request) {
  const auto load_balancer_id = text_or(request, "loadbalancer_id");
  FW_TRY(const auto* balancer, find_writable<LoadBalancer>(decision, load_balancer_id));
  FW_TRY_DO(refuse_graph_parts(request));
  FW_TRY_DO(check_quota<Listener>(decision.work, balancer->project_id));
  const auto pool_id = text_or(request, "default_pool_id");
  FW_TRY_DO(check_default_pool(decision.work, load_balancer_id, text_or(request, "protocol"), pool_id));
  FW_TRY_DO(lock_for_listener(decision.work, decision.env, load_balancer_id));
  return add_listener(decision, load_balancer_id, pool_id, request);
}

Result<std::string> update_listener(const Decision& decision, std::string_view id, const json::Object& request) {
  FW_TRY(const auto* found, find_writable<Listener>(decision, id));
  Listener listener = *found;
  if (request.contains("default_pool_id")) {
    listener.default_pool_id = text_or(request, "default_pool_id");
    FW_TRY_DO(
        check_default_pool(decision.work, listener.load_balancer_id, listener.protocol, listener.default_pool_id));
  }
  FW_TRY_DO(check_certificates(listener.protocol, request));
  FW_TRY_DO(check_headers_of(listener.protocol, request));
  const LoadBalancer balancer = *decision.work.find<LoadBalancer>(listener.load_balancer_id);
  if (request.contains("allowed_cidrs")) {
    FW_TRY(listener.allowed_cidrs, allowed_cidrs_of(balancer, request));
  }
  FW_TRY_DO(lock_for_listener(decision.work, decision.env, listener.load_balancer_id));
  fill_settings(listener, request);
  fill_changed(decision, listener, request);
  decision.work.put(listener);
  return listener.id;
}

Result<> delete_listener(const Decision& decision, std::string_view id) {
  FW_TRY(const auto* found, find_writable<Listener>(decision, id));
  Listener listener = *found;
  FW_TRY_DO(lock_for_listener(decision.work, decision.env, listener.load_balancer_id));
  mark_deleted(decision, std::move(listener));
  return {};
}

}  // namespace fairway::cloud
