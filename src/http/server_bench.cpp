// A server with a small handler, for a load generator in another process:
//   fairway_http_server_bench & wrk -t1 -c16 -d5 http://127.0.0.1:PORT/v2/lbaas/pools/1
// Prints its port, serves until SIGTERM, then prints its counters. tests/bench/http runs it.
#include <cstdio>

#include "http/ops.h"
#include "http/server.h"
#include "runtime/loop.h"
#include "telemetry/log_sinks.h"

namespace fairway {
namespace {

Task<http::Response> show_pool(http::Request& request) {
  co_return http::Response::json(200, R"({"pool": {"id": ")" + request.parameter("id") + R"("}})");
}

http::Router small_router() {
  http::Router router;
  // As many routes as the cloud has, so that finding one costs what it does there.
  for (const char* kind : {"loadbalancers", "listeners", "pools", "healthmonitors", "networks", "subnets", "ports",
                           "routers", "floatingips"}) {
    for (const char* method : {"GET", "POST", "PUT", "DELETE"})
      router.add(method, fmt::format("/v2/lbaas/{}/{{id}}", kind), show_pool);
  }
  return router;
}

Task<> serve_until_signalled(Loop& loop, http::Server& server) {
  co_await wait_for_stop_signal();
  co_await server.stop(std::chrono::seconds(1));
  loop.stop();
}

int run() {
  const auto log = make_log({.role = "bench"});
  if (!log) return 1;
  Metrics metrics;
  Env env{system_clock(), system_random(), loop_timers(), **log, metrics};
  Loop loop(**log);
  const http::Router router = small_router();
  auto server = http::Server::listen(loop.context(), env, "bench", {},
                                     [&](http::Request& request) { return router.dispatch(request); });
  if (!server) {
    (*log)->error("cannot serve", {{"cause", server.error().what}});
    return 1;
  }
  fmt::print("{}\n", (*server)->port());
  std::fflush(stdout);
  loop.spawn("stop", serve_until_signalled(loop, **server));
  loop.run();
  fmt::print("{}", metrics.to_prometheus());
  return 0;
}

}  // namespace
}  // namespace fairway

int main() { return fairway::run(); }
