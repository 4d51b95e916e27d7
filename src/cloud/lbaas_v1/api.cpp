#include "cloud/lbaas_v1/api.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include <fmt/format.h>

#include "cloud/api/answer.h"
#include "cloud/api/listing.h"
#include "cloud/api/policy.h"
#include "cloud/api/routes.h"
#include "cloud/api/wsme.h"
#include "cloud/lbaas_v1/decisions.h"
#include "cloud/lbaas_v1/lookup.h"
#include "cloud/lbaas_v1/requests.h"
#include "cloud/lbaas_v1/views.h"
#include "cloud/load_balancer/transitions.h"

namespace fairway::cloud::lbaas_v1 {
namespace {

constexpr std::string_view kRead = "load_balancer:read", kWrite = "load_balancer:write";

struct Handlers {
  ApiContext& context;
  Gateways& gateways;
  Duration patience;

  [[nodiscard]] const State& state() const { return context.ledger.state(); }
  [[nodiscard]] View view() const { return {state(), gateways.facts()}; }
};

struct Resource {
  std::string_view root, collection, path;
  std::vector<std::string_view> attributes;  // that lists can be filtered and sorted by
};

const Resource& vips() {
  static const Resource kVips{
      "vip",
      "vips",
      "/vips",
      {"id", "tenant_id", "name", "description", "subnet_id", "address", "port_id", "protocol_port", "protocol",
       "pool_id", "connection_limit", "admin_state_up", "status"}};
  return kVips;
}

const Resource& pools() {
  static const Resource kPools{"pool",
                               "pools",
                               "/pools",
                               {"id", "tenant_id", "vip_id", "name", "description", "subnet_id", "protocol",
                                "provider", "lb_method", "members", "health_monitors", "admin_state_up", "status"}};
  return kPools;
}

const Resource& members() {
  static const Resource kMembers{
      "member",
      "members",
      "/members",
      {"id", "tenant_id", "pool_id", "address", "protocol_port", "weight", "admin_state_up", "status"}};
  return kMembers;
}

const Resource& monitors() {
  static const Resource kMonitors{"health_monitor",
                                  "health_monitors",
                                  "/health_monitors",
                                  {"id", "tenant_id", "type", "delay", "timeout", "max_retries", "http_method",
                                   "url_path", "expected_codes", "admin_state_up"}};
  return kMonitors;
}

Scope reading(const Call& call) { return scope_for(call.caller, "load_balancer:read_all"); }

template <class T>
Result<http::Response> list(const Handlers& handlers, const Call& call, const Resource& resource) {
  const auto scope = reading(call);
  std::vector<ListItem> items;
  for (const auto& [id, row] : handlers.state().table<T>().rows()) {
    if (scope.sees(row.object->project_id)) items.push_back({handlers.view().show(*row.object)});
  }
  const ListRules rules{.api = Api::neutron, .collection = resource.collection, .attributes = resource.attributes};
  FW_TRY(const auto page,
         list_page(call.request, rules, std::move(items), handlers.context.public_url + call.request.path));
  return http::Response::json(200, json::write(page));
}

template <class T>
Result<http::Response> get(const Handlers& handlers, const Call& call, const Resource& resource) {
  FW_TRY(const auto* object, find<T>(handlers.state(), reading(call), call.parameter("id")));
  return rooted(200, resource.root, select_fields(call.request, handlers.view().show(*object)));
}

// The load balancers that a change needs for itself; and the change, which returns the ids of what it made or changed.
using Ids = std::vector<std::string>;
using Locks = std::function<Ids(const State&)>;
using Decide = std::function<Result<Ids>(const Decision&)>;

// Waits until each is free, at most until `deadline`. False: they were not.
Task<bool> wait_free(const Handlers& handlers, const Locks& locks, SteadyTime deadline) {
  bool free = true;
  for (const auto& id : locks(handlers.state())) {
    const bool settled = co_await handlers.gateways.wait_settled(id, deadline - handlers.context.env.clock.steady());
    free = free && settled;
  }
  co_return free;
}

bool is_busy(const Handlers& handlers, const Locks& locks) {
  const auto ids = locks(handlers.state());
  return std::ranges::any_of(ids, [&](const auto& id) {
    const auto* balancer = handlers.state().find<LoadBalancer>(id);
    return balancer != nullptr && is_pending(balancer->provisioning_status);
  });
}

// Waits for the locks and decides; again, when somebody else was quicker to take them. The answer is what `show`
// makes of the state right after the decision.
template <class Answer>
Task<Result<Answer>> change(const Handlers& handlers, const Call& call, Locks locks, Decide decide,
                            std::function<Answer(const View&, const Ids&)> show) {
  const auto deadline = handlers.context.env.clock.steady() + handlers.patience;
  while (true) {
    const bool free = co_await wait_free(handlers, locks, deadline);
    auto done = co_await handlers.context.ledger.change<Answer>([&](Work& work) -> Result<Answer> {
      FW_TRY(const auto ids, decide(Decision{work, handlers.context.env, call.caller}));
      return show(View{work.state(), handlers.gateways.facts()}, ids);
    });
    if (done || done.error().type != "StateInvalid" || !free || !is_busy(handlers, locks)) co_return done;
  }
}

// What it made or changed, as it is shown.
template <class T>
Task<Result<json::Array>> make(const Handlers& handlers, const Call& call, Locks locks, Decide decide) {
  return change<json::Array>(handlers, call, std::move(locks), std::move(decide),
                             [](const View& view, const Ids& ids) {
                               json::Array all;
                               for (const auto& id : ids) all.push_back(view.show(*view.state.find<T>(id)));
                               return all;
                             });
}

// Waits for the end of it: afterwards it is gone.
Task<Result<http::Response>> remove(const Handlers& handlers, const Call& call, Locks locks,
                                    std::function<Result<>(const Decision&)> decide) {
  const auto busy = locks(handlers.state());
  const auto done = co_await change<bool>(
      handlers, call, std::move(locks),
      [decide = std::move(decide)](const Decision& decision) -> Result<Ids> {
        FW_TRY_DO(decide(decision));
        return Ids();
      },
      [](const View&, const Ids&) { return true; });
  if (!done) co_return std::unexpected(done.error());
  for (const auto& id : busy) co_await handlers.gateways.wait_settled(id, handlers.patience);
  co_return http::Response::empty(204);
}

Task<Result<http::Response>> pool_statistics(const Handlers& handlers, Call& call) {
  FW_CO_TRY_DO(co_await handlers.gateways.keep_counters());
  FW_CO_TRY(const auto* pool, find<Pool>(handlers.state(), reading(call), call.parameter("id")));
  co_return rooted(200, "stats", handlers.view().show_statistics(*pool));
}

template <class T>
void add_reads(Routes& routes, const Handlers& handlers, const Resource& resource) {
  const auto path = fmt::format("/v2.0/lb{}", resource.path);
  routes.add_plain("GET", path, kRead,
                   [handlers, &resource](Call& call) { return list<T>(handlers, call, resource); });
  routes.add_plain("GET", path + "/{id}", kRead,
                   [handlers, &resource](Call& call) { return get<T>(handlers, call, resource); });
}

// What distinguishes one kind of object from another when it is made, changed and deleted.
template <class T>
struct Writes {
  const Resource& resource;
  const std::vector<AttributeRule>& rules;
  std::vector<std::string> (*locks)(const State&, std::string_view id);
  Result<std::string> (*create)(const Decision&, const json::Object&);
  Result<std::string> (*update)(const Decision&, std::string_view id, const json::Object&);
  Result<> (*remove)(const Decision&, std::string_view id);
};

// A change needs the object's own locks, and those of the pools that the requests name.
template <class T>
Locks locks_for(const Writes<T>& writes, const std::string& id, const std::vector<json::Object>& requests) {
  Ids pools;
  for (const auto& request : requests) pools.push_back(text_or(request, "pool_id"));
  return [locks = writes.locks, id, pools = std::move(pools)](const State& state) {
    auto all = id.empty() ? Ids{} : locks(state, id);
    for (const auto& pool : pools) std::ranges::copy(locks_of_pool(state, pool), std::back_inserter(all));
    return all;
  };
}

// One, or many: all of them or none.
template <class T>
Task<Result<http::Response>> create(const Handlers& handlers, Call& call, Writes<T> writes) {
  const Resource& resource = writes.resource;
  FW_CO_TRY(const auto body, read_neutron_bulk_body(call.request, resource.root, resource.collection, writes.rules));
  const Decide decide = [&](const Decision& decision) -> Result<Ids> {
    Ids made;
    for (const auto& object : body.objects) {
      FW_TRY(auto id, writes.create(decision, object));
      made.push_back(std::move(id));
    }
    return made;
  };
  FW_CO_TRY(auto made, co_await make<T>(handlers, call, locks_for(writes, "", body.objects), decide));
  if (body.bulk) co_return rooted(201, resource.collection, std::move(made));
  co_return rooted(201, resource.root, std::move(made.front()));
}

template <class T>
Task<Result<http::Response>> update(const Handlers& handlers, Call& call, Writes<T> writes) {
  FW_CO_TRY(const auto body, read_neutron_body(call.request, writes.resource.root, writes.rules, BodyMethod::put));
  const auto& id = call.parameter("id");
  const Decide decide = [&](const Decision& decision) -> Result<Ids> {
    FW_TRY(auto changed, writes.update(decision, id, body));
    return Ids{std::move(changed)};
  };
  auto locks = locks_for(writes, id, std::vector<json::Object>(1, body));
  FW_CO_TRY(auto changed, co_await make<T>(handlers, call, std::move(locks), decide));
  co_return rooted(200, writes.resource.root, std::move(changed.front()));
}

template <class T>
void add_writes(Routes& routes, const Handlers& handlers, Writes<T> writes) {
  const auto all = fmt::format("/v2.0/lb{}", writes.resource.path), one = all + "/{id}";
  routes.add("POST", all, kWrite, [handlers, writes](Call& call) { return create<T>(handlers, call, writes); });
  routes.add("PUT", one, kWrite, [handlers, writes](Call& call) { return update<T>(handlers, call, writes); });
  routes.add("DELETE", one, kWrite, [handlers, writes](Call& call) {
    const auto& id = call.parameter("id");
    return remove(
        handlers, call, [writes, id](const State& state) { return writes.locks(state, id); },
        [writes, id](const Decision& decision) { return writes.remove(decision, id); });
  });
}

// ---- which monitors a pool has

Locks locks_of_parameter(const Call& call) {
  return [id = call.parameter("id")](const State& state) { return locks_of_pool(state, id); };
}

Task<Result<http::Response>> add_monitor(const Handlers& handlers, Call& call) {
  FW_CO_TRY(const auto body, read_neutron_body(call.request, monitors().root, association_rules(), BodyMethod::post));
  const auto& pool_id = call.parameter("id");
  const auto monitor_id = text_or(body, "id");
  const auto done = co_await change<bool>(
      handlers, call, locks_of_parameter(call),
      [&](const Decision& decision) -> Result<Ids> {
        FW_TRY_DO(associate(decision, pool_id, monitor_id));
        return Ids{monitor_id};
      },
      [](const View&, const Ids&) { return true; });
  if (!done) co_return std::unexpected(done.error());
  co_return rooted(201, monitors().root, json::Array{monitor_id});
}

Result<http::Response> get_association(const Handlers& handlers, const Call& call) {
  const auto &pool_id = call.parameter("id"), &monitor_id = call.parameter("monitor");
  FW_TRY_DO(check_association(handlers.state(), reading(call), pool_id, monitor_id));
  return rooted(200, monitors().root,
                json::Object{{"pool_id", pool_id},
                             {"monitor_id", monitor_id},
                             {"status", handlers.state().find<HealthMonitor>(monitor_id)->provisioning_status},
                             {"status_description", nullptr}});
}

void add_associations(Routes& routes, const Handlers& handlers) {
  const std::string all = "/v2.0/lb/pools/{id}/health_monitors", one = all + "/{monitor}";
  routes.add("POST", all, kWrite, [handlers](Call& call) { return add_monitor(handlers, call); });
  routes.add_plain("GET", one, kRead, [handlers](Call& call) { return get_association(handlers, call); });
  routes.add("DELETE", one, kWrite, [handlers](Call& call) {
    return remove(handlers, call, locks_of_parameter(call),
                  [pool = call.parameter("id"), monitor = call.parameter("monitor")](const Decision& decision) {
                    return disassociate(decision, pool, monitor);
                  });
  });
}

}  // namespace

void add_routes(http::Router& router, ApiContext& context, Gateways& gateways, Duration patience) {
  Routes routes(router, context, Api::neutron, "/network");
  const Handlers handlers{context, gateways, patience};
  add_reads<Listener>(routes, handlers, vips());
  add_reads<Pool>(routes, handlers, pools());
  add_reads<Member>(routes, handlers, members());
  add_reads<HealthMonitor>(routes, handlers, monitors());
  routes.add("GET", "/v2.0/lb/pools/{id}/stats", kRead,
             [handlers](Call& call) { return pool_statistics(handlers, call); });
  add_writes<Listener>(routes, handlers, {vips(), vip_rules(), locks_of_vip, create_vip, update_vip, delete_vip});
  add_writes<Pool>(routes, handlers, {pools(), pool_rules(), locks_of_pool, create_pool, update_pool, delete_pool});
  add_writes<Member>(routes, handlers,
                     {members(), member_rules(), locks_of_member, create_member, update_member, delete_member});
  add_writes<HealthMonitor>(routes, handlers,
                            {monitors(), monitor_rules(), locks_of_monitor, create_health_monitor,
                             update_health_monitor, delete_health_monitor});
  add_associations(routes, handlers);
}

}  // namespace fairway::cloud::lbaas_v1
