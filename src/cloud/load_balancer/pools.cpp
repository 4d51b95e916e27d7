#include "cloud/load_balancer/pools.h"

#include <algorithm>

#include <fmt/format.h>

#include "cloud/load_balancer/attributes.h"
#include "cloud/load_balancer/listeners.h"
#include "cloud/load_balancer/transitions.h"

namespace fairway::cloud {
namespace {

bool is_datagram(std::string_view protocol) { return protocol == "UDP" || protocol == "SCTP"; }

// ---- session persistence

bool is_bad_cookie_character(char c) {
  return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || std::string_view("\"(),/:;<=>?@[\\]{}").contains(c);
}

Result<> check_datagram_persistence(std::string_view protocol, const json::Object& given) {
  const auto type = text_or(given, "type");
  if (!is_datagram(protocol)) {
    if (integer_or(given, "persistence_timeout", 0) == 0 && text_or(given, "persistence_granularity").empty())
      return {};
    return validation_failure(
        "persistence_timeout and persistence_granularity is only for UDP and SCTP protocol pools.");
  }
  if (type == "SOURCE_IP" && is_given(given, "cookie_name")) {
    return validation_failure(
        "session_persistence SOURCE_IP type for UDP and SCTP protocols only accepts: type, persistence_timeout, "
        "persistence_granularity.");
  }
  if (is_given(given, "cookie_name")) return validation_failure("Cookie names are not supported for UDP/SCTP pools.");
  if (type != "SOURCE_IP") {
    return validation_failure(
        fmt::format("Session persistence of type {} is not supported for UDP/SCTP protocol pools.", type));
  }
  return {};
}

Result<> check_cookie(std::string_view type, std::string_view cookie) {
  if (!cookie.empty() && type != "APP_COOKIE") {
    return validation_failure(
        R"(Field "cookie_name" can only be specified with session persistence of type "APP_COOKIE".)");
  }
  if (std::ranges::any_of(cookie, is_bad_cookie_character))
    return validation_failure(R"(Supplied "cookie_name" is invalid.)");
  if (type == "APP_COOKIE" && cookie.empty()) {
    return validation_failure(
        R"(Field "cookie_name" must be specified when using the "APP_COOKIE" session persistence type.)");
  }
  return {};
}

Result<std::optional<SessionPersistence>> persistence_of(std::string_view protocol, const json::Object& request,
                                                         const std::optional<SessionPersistence>& before) {
  if (!request.contains("session_persistence")) return before;
  if (!is_given(request, "session_persistence")) return std::optional<SessionPersistence>{};
  auto given = request.at("session_persistence").as_object();
  if (!is_given(given, "type") && before) given["type"] = before->type;
  if (!is_given(given, "type")) return validation_failure("Invalid session_persistence provided.");
  FW_TRY_DO(check_datagram_persistence(protocol, given));
  SessionPersistence persistence{
      .type = text_or(given, "type"), .cookie_name = {}, .persistence_timeout = {}, .persistence_granularity = {}};
  FW_TRY_DO(check_cookie(persistence.type, text_or(given, "cookie_name")));
  if (is_given(given, "cookie_name")) persistence.cookie_name = text_or(given, "cookie_name");
  if (is_given(given, "persistence_timeout"))
    persistence.persistence_timeout = integer_or(given, "persistence_timeout", 0);
  if (is_given(given, "persistence_granularity")) {
    persistence.persistence_granularity = text_or(given, "persistence_granularity");
  }
  return std::optional(std::move(persistence));
}

// ---- what this provider does not do

Result<> check_tls(const json::Object& request) {
  for (const auto name : {"tls_container_ref", "ca_tls_container_ref"}) {
    if (is_given(request, name)) {
      return fail(Errc::invalid, fmt::format("Could not retrieve certificate: {}", text_or(request, name)));
    }
  }
  if (is_given(request, "crl_container_ref")) {
    return validation_failure("A CA certificate reference is required to specify a revocation list.");
  }
  if (flag_or(request, "tls_enabled", false)) return not_supported("TLS to the members of a pool.");
  return {};
}

Result<> check_offered(const Pool& pool) {
  if (is_datagram(pool.protocol)) return not_supported(fmt::format("{} protocol pools.", pool.protocol));
  if (pool.lb_algorithm == "SOURCE_IP_PORT") return not_supported("The SOURCE_IP_PORT algorithm.");
  return {};
}

Result<std::string> put_new_pool(const Decision& decision, const LoadBalancer& balancer,
                                 const json::Object& request) {
  FW_TRY_DO(check_tls(request));
  Pool pool;
  pool.protocol = text_or(request, "protocol");
  pool.lb_algorithm = text_or(request, "lb_algorithm");
  FW_TRY(pool.session_persistence, persistence_of(pool.protocol, request, std::nullopt));
  FW_TRY_DO(check_offered(pool));
  fill_new(decision, pool, balancer.project_id, request);
  pool.load_balancer_id = balancer.id;
  fill_tls_preferences(pool, request);
  const auto id = pool.id;
  decision.work.put(std::move(pool));
  return id;
}

struct PoolParents {
  std::string load_balancer_id, listener_id;
};

Result<PoolParents> parents_of(const Decision& decision, const json::Object& request) {
  PoolParents parents{text_or(request, "loadbalancer_id"), text_or(request, "listener_id")};
  if (parents.load_balancer_id.empty() && parents.listener_id.empty()) {
    return validation_failure("Must provide at least one of: loadbalancer_id, listener_id");
  }
  if (!parents.load_balancer_id.empty()) {
    FW_TRY(const auto* balancer, find_writable<LoadBalancer>(decision, parents.load_balancer_id));
    static_cast<void>(balancer);
  }
  if (parents.listener_id.empty()) return parents;
  FW_TRY(const auto* listener, find_writable<Listener>(decision, parents.listener_id));
  if (!parents.load_balancer_id.empty() && listener->load_balancer_id != parents.load_balancer_id) {
    return not_found("Listener", parents.listener_id);
  }
  parents.load_balancer_id = listener->load_balancer_id;
  if (listener->protocol == "PROMETHEUS") {
    return fail(Errc::invalid, "Protocol PROMETHEUS listeners cannot have child objects.");
  }
  FW_TRY_DO(check_protocols(listener->protocol, text_or(request, "protocol")));
  return parents;
}

void give_to_listener(const Decision& decision, const std::string& listener_id, const std::string& pool_id) {
  Listener listener = *decision.work.find<Listener>(listener_id);
  listener.default_pool_id = pool_id;
  listener.provisioning_status = kPendingUpdate;
  listener.updated_at = stamp(decision.env);
  decision.work.put(std::move(listener));
}

}  // namespace

Result<std::string> create_pool(const Decision& decision, const json::Object& request) {
  FW_TRY(const auto parents, parents_of(decision, request));
  if (is_given(request, "members") || is_given(request, "healthmonitor")) {
    return validation_failure("members and healthmonitor can only be given in a load balancer's create.");
  }
  const LoadBalancer balancer = *decision.work.find<LoadBalancer>(parents.load_balancer_id);
  FW_TRY_DO(persistence_of(text_or(request, "protocol"), request, std::nullopt));
  FW_TRY_DO(check_quota<Pool>(decision.work, balancer.project_id));
  if (!parents.listener_id.empty() && !decision.work.find<Listener>(parents.listener_id)->default_pool_id.empty()) {
    return fail(Errc::conflict, "This listener already has a default pool");
  }
  FW_TRY_DO(lock_for_listener(decision.work, decision.env, balancer.id));
  FW_TRY(auto id, put_new_pool(decision, balancer, request));
  if (!parents.listener_id.empty()) give_to_listener(decision, parents.listener_id, id);
  return id;
}

Result<std::string> add_pool(const Decision& decision, const std::string& load_balancer_id,
                             const json::Object& request) {
  const LoadBalancer balancer = *decision.work.find<LoadBalancer>(load_balancer_id);
  FW_TRY(auto id, put_new_pool(decision, balancer, request));
  if (is_given(request, "healthmonitor")) {
    FW_TRY_DO(check_quota<HealthMonitor>(decision.work, balancer.project_id));
    FW_TRY_DO(add_health_monitor(decision, id, request.at("healthmonitor").as_object()));
  }
  if (!is_given(request, "members")) return id;
  const auto& members = request.at("members").as_array();
  FW_TRY_DO(check_quota<Member>(decision.work, balancer.project_id, members.size()));
  const Pool pool = *decision.work.find<Pool>(id);
  for (const auto& member : members) FW_TRY_DO(add_member(decision, pool, member.as_object()));
  return id;
}

Result<std::string> update_pool(const Decision& decision, std::string_view id, const json::Object& request) {
  FW_TRY(const auto* found, find_writable<Pool>(decision, id));
  Pool pool = *found;
  FW_TRY(pool.session_persistence, persistence_of(pool.protocol, request, pool.session_persistence));
  FW_TRY_DO(check_tls(request));
  if (is_given(request, "lb_algorithm")) pool.lb_algorithm = text_or(request, "lb_algorithm");
  FW_TRY_DO(check_offered(pool));
  FW_TRY_DO(lock_for_pool(decision.work, decision.env, pool));
  fill_tls_preferences(pool, request);
  fill_changed(decision, pool, request);
  decision.work.put(pool);
  return pool.id;
}

Result<> delete_pool(const Decision& decision, std::string_view id) {
  FW_TRY(const auto* found, find_writable<Pool>(decision, id));
  Pool pool = *found;
  FW_TRY_DO(lock_for_pool(decision.work, decision.env, pool));
  mark_deleted(decision, std::move(pool));
  return {};
}

}  // namespace fairway::cloud
