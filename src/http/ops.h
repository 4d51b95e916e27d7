// What every role serves about itself: /healthz (it runs), /readyz (it can do its work; 503 with the reasons when
// not) and /metrics (Prometheus).
//
//   Readiness ready;
//   ready.set("store", fail(Errc::unavailable, "not opened yet"));   …   ready.set("store", {});
//   add_ops_routes(router, env, ready);
//
// Threads: the loop's.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "http/router.h"
#include "runtime/env.h"

namespace fairway::http {

// Named conditions of being ready, each held or broken with a reason. None: ready.
class Readiness {
 public:
  // A condition whose state is told when it changes.
  void set(std::string_view name, Result<> state);
  // A condition that is looked up whenever somebody asks; `check` must not block.
  void watch(std::string_view name, std::function<Result<>()> check);

  [[nodiscard]] bool ready() const;
  // "[+]store ok\n[-]gateway: not connected\n", in the order of names.
  [[nodiscard]] std::string report() const;

 private:
  std::map<std::string, std::function<Result<>()>, std::less<>> checks_;
};

// `env` and `readiness` must outlive the router.
//   GET /healthz  200 "ok"
//   GET /readyz   200 or 503 with the report
//   GET /metrics  200 text/plain; version=0.0.4
void add_ops_routes(Router& router, Env& env, const Readiness& readiness);

}  // namespace fairway::http
