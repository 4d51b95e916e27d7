#include "http/ops.h"

#include <algorithm>

#include <fmt/format.h>

namespace fairway::http {

void Readiness::set(std::string_view name, Result<> state) {
  checks_.insert_or_assign(std::string(name), [state = std::move(state)] { return state; });
}

void Readiness::watch(std::string_view name, std::function<Result<>()> check) {
  checks_.insert_or_assign(std::string(name), std::move(check));
}

bool Readiness::ready() const {
  return std::ranges::all_of(checks_, [](const auto& check) { return check.second().has_value(); });
}

std::string Readiness::report() const {
  std::string out;
  for (const auto& [name, check] : checks_) {
    const Result<> state = check();
    out += state ? fmt::format("[+]{} ok\n", name) : fmt::format("[-]{}: {}\n", name, state.error().what);
  }
  return out;
}

void add_ops_routes(Router& router, Env& env, const Readiness& readiness) {
  router.add("GET", "/healthz", [](Request&) -> Task<Response> { co_return Response::text(200, "ok"); });
  router.add("GET", "/readyz", [&readiness](Request&) -> Task<Response> {
    const bool ready = readiness.ready();
    co_return Response::text(ready ? 200 : 503, readiness.report() + (ready ? "ready\n" : "not ready\n"));
  });
  router.add("GET", "/metrics", [&env](Request&) -> Task<Response> {
    Response response{.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}};
    response.body = env.metrics.to_prometheus();
    co_return response;
  });
}

}  // namespace fairway::http
