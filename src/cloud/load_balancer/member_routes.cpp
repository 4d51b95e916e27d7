#include "cloud/load_balancer/handlers.h"
#include "cloud/load_balancer/pools.h"
#include "cloud/load_balancer/requests.h"

namespace fairway::cloud {
namespace {

const Resource<Member>& resource() {
  static const Resource<Member> kResource{
      .root = "member",
      .collection = "members",
      .argument = "member_",
      .attributes = {"id", "name", "operating_status", "provisioning_status", "admin_state_up", "address",
                     "protocol_port", "weight", "backup", "subnet_id", "project_id", "created_at", "updated_at",
                     "monitor_address", "monitor_port"}};
  return kResource;
}

bool pool_exists(const Handlers& handlers, const Call& call) {
  return handlers.context.ledger.state().find<Pool>(call.parameter("pool")) != nullptr;
}

Task<Result<http::Response>> no_pool(std::string id) { co_return unknown_parent("Pool", id); }

// Around every handler: Octavia looks for the pool before it looks at anything else.
CallHandler in_pool(const Handlers& handlers, CallHandler handler) {
  return [handlers, handler = std::move(handler)](Call& call) -> Task<Result<http::Response>> {
    return pool_exists(handlers, call) ? handler(call) : no_pool(call.parameter("pool"));
  };
}

Result<http::Response> list(const Handlers& handlers, const Call& call) {
  const auto& state = handlers.context.ledger.state();
  const auto& pool_id = call.parameter("pool");
  if (!pool_exists(handlers, call)) return unknown_parent("Pool", pool_id);
  FW_TRY(const auto* pool, find_readable<Pool>(state, call.caller, pool_id));
  return handlers.list(call, resource(), state.table<Member>().find_by("pool_id", pool->id));
}

Result<http::Response> get(const Handlers& handlers, const Call& call) {
  if (!pool_exists(handlers, call)) return unknown_parent("Pool", call.parameter("pool"));
  const auto* member = handlers.context.ledger.state().find<Member>(call.parameter("id"));
  if (member == nullptr || member->pool_id != call.parameter("pool"))
    return not_found("Member", call.parameter("id"));
  return handlers.get(call, resource(), call.parameter("id"));
}

Task<Result<http::Response>> replace_all(const Handlers& handlers, Call& call) {
  FW_CO_TRY(const auto requests, read_wsme_list(call.request.body, "members_", "members", member_post()));
  const bool additive = query_flag(call.request, "additive_only");
  auto answer = co_await handlers.remove(call, 202, [&](const Decision& decision) {
    return replace_members(decision, call.parameter("pool"), requests, additive);
  });
  co_return answer;
}

}  // namespace

void add_member_routes(LbRoutes& routes) {
  const Handlers handlers{routes.context(), routes.gateways()};
  constexpr auto kMembers = "/pools/{pool}/members";
  constexpr auto kMember = "/pools/{pool}/members/{id}";
  routes.add_plain("GET", kMembers, "load_balancer:read", [handlers](Call& call) { return list(handlers, call); });
  routes.add_plain("GET", kMember, "load_balancer:read", [handlers](Call& call) { return get(handlers, call); });
  routes.add("PUT", kMembers, "load_balancer:write",
             in_pool(handlers, [handlers](Call& call) { return replace_all(handlers, call); }));
  routes.add("POST", kMembers, "load_balancer:write", in_pool(handlers, [handlers](Call& call) {
               return handlers.make(call, 201, resource(), member_post(),
                                    [&call](const Decision& decision, const json::Object& request) {
                                      return create_member(decision, call.parameter("pool"), request);
                                    });
             }));
  routes.add("PUT", kMember, "load_balancer:write", in_pool(handlers, [handlers](Call& call) {
               return handlers.make(call, 200, resource(), member_put(),
                                    [&call](const Decision& decision, const json::Object& request) {
                                      return update_member(decision, call.parameter("pool"), call.parameter("id"),
                                                           request);
                                    });
             }));
  routes.add("DELETE", kMember, "load_balancer:write", in_pool(handlers, [handlers](Call& call) {
               return handlers.remove(call, 204, [&call](const Decision& decision) {
                 return delete_member(decision, call.parameter("pool"), call.parameter("id"));
               });
             }));
}

}  // namespace fairway::cloud
