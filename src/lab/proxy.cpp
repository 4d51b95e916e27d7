#include "lab/proxy.h"

#include <fmt/format.h>

#include "base/backoff.h"
#include "net/namespace.h"
#include "net/nft.h"

namespace fairway::lab {

struct Proxy::NodeState {
  const Node& node;
  std::optional<Ruleset> applied;
  std::map<std::uint16_t, ServiceHealth> health;
  std::map<std::uint16_t, std::unique_ptr<http::Server>> health_servers;
};

Proxy::Proxy(boost::asio::io_context& context, Env& env, const std::vector<Node>& nodes, std::string cluster_cidr,
             ServiceSources sources)
    : context_(context),
      env_(env),
      cluster_cidr_(std::move(cluster_cidr)),
      services_(sources.services),
      slices_(sources.slices),
      transactions_(env.metrics.counter("fairway_lab_proxy_transactions_total",
                                        "Changes of a node's rules for Services that the kernel took")),
      failures_(env.metrics.counter("fairway_lab_proxy_failures_total",
                                    "Changes of a node's rules for Services that the kernel refused")),
      seconds_(env.metrics.histogram("fairway_lab_proxy_seconds", "Time to program one node's change",
                                     {0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1})) {
  for (const Node& node : nodes) nodes_.push_back(std::make_unique<NodeState>(NodeState{node, {}, {}, {}}));
}

Proxy::~Proxy() = default;

// False when a node's kernel refused.
bool Proxy::program_all() {
  bool good = true;
  for (const auto& state : nodes_) {
    if (state->node.gone) continue;
    const Result<> programmed = program(*state);
    if (!programmed) {
      good = false;
      failures_.add();
      env_.log.warn("a node's rules for Services could not be changed; trying again",
                    {{"node", state->node.name}, {"why", programmed.error().what}});
    }
    serve_health(*state);
  }
  return good;
}

Task<> Proxy::run() {
  Backoff backoff(env_.random, std::chrono::milliseconds(100), std::chrono::seconds(10));
  for (;;) {
    while (done_ == wanted_ || !services_.synced() || !slices_.synced()) co_await changed_.wait();
    const std::uint64_t seen = wanted_;
    if (program_all()) {
      done_ = seen;
      applied_.notify_all();
      backoff.reset();
    } else {
      co_await env_.timers.sleep(backoff.next());
    }
  }
}

Task<> Proxy::wait_for_leave(json::Value pod, std::string address, Duration limit) {
  constexpr auto kOnTheirWay = std::chrono::milliseconds(100);
  if (!is_chosen(services_.items(), pod)) co_return;
  const SteadyTime until = env_.clock.steady() + limit;
  // Slices come on a stream of their own: what they said last may be older than the pod's end, and even than the news
  // that it is ready.
  while (!is_leaving(slices_.items(), address) && env_.clock.steady() < until)
    co_await applied_.wait(until - env_.clock.steady());
  const std::uint64_t wanted = wanted_;
  while (done_ < wanted && env_.clock.steady() < until) co_await applied_.wait(until - env_.clock.steady());
  co_await env_.timers.sleep(kOnTheirWay);
}

Result<> Proxy::program(NodeState& state) {
  Ruleset wanted = proxy_rules(service_ports(services_.items(), slices_.items(), state.node.name));
  if (state.applied && *state.applied == wanted) return {};
  const SteadyTime begun = env_.clock.steady();
  const std::string commands =
      proxy_commands({state.node.pod_cidr, cluster_cidr_}, state.applied ? &*state.applied : nullptr, wanted);
  const Result<> done = net::run_nft(state.node.ns, commands);
  if (!done) {
    // Whatever was believed to be in the kernel may not be: the next try makes the table anew.
    state.applied.reset();
    return done;
  }
  state.applied = std::move(wanted);
  transactions_.add();
  seconds_.observe(std::chrono::duration<double>(env_.clock.steady() - begun).count());
  return {};
}

Result<> Proxy::listen_for_health(NodeState& state, std::uint16_t port) {
  FW_TRY(auto server,
         http::Server::listen(context_, env_, "service-health", {.bind = "0.0.0.0", .port = port},
                              [this, &state, port](http::Request&) { return answer_health(state, port); }));
  state.health_servers[port] = std::move(server);
  return {};
}

void Proxy::serve_health(NodeState& state) {
  state.health.clear();
  for (ServiceHealth& one : service_health(services_.items(), slices_.items(), state.node.name))
    state.health[one.port] = std::move(one);
  std::erase_if(state.health_servers, [&](const auto& entry) { return !state.health.contains(entry.first); });
  for (const auto& [port, health] : state.health) {
    if (state.health_servers.contains(port)) continue;
    const Result<> served = net::in_namespace(state.node.ns, [&] { return listen_for_health(state, port); });
    if (!served)
      env_.log.warn(
          "a health-check node port cannot be served",
          {{"node", state.node.name}, {"service", health.ns + "/" + health.name}, {"why", served.error().what}});
  }
}

Task<http::Response> Proxy::answer_health(const NodeState& state, std::uint16_t port) const {
  const auto found = state.health.find(port);
  if (found == state.health.end()) co_return http::Response::text(404, "no Service checks its health here\n");
  const ServiceHealth& health = found->second;
  json::Object body{{"service", json::Object{{"namespace", health.ns}, {"name", health.name}}},
                    {"localEndpoints", health.local_endpoints},
                    {"serviceProxyHealthy", true}};
  http::Response answer = http::Response::json(health.local_endpoints > 0 ? 200 : 503, json::write(body));
  answer.headers.set("X-Load-Balancing-Endpoint-Weight", std::to_string(health.local_endpoints));
  co_return answer;
}

void Proxy::forget_gone() {
  for (const auto& state : nodes_) {
    if (state->node.gone) state->health_servers.clear();
  }
}

Task<> Proxy::stop() {
  for (const auto& state : nodes_) {
    for (auto& [port, server] : state->health_servers) co_await server->stop(std::chrono::milliseconds(100));
    state->health_servers.clear();
  }
}

}  // namespace fairway::lab
