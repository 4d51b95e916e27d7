#include "app/role.h"

#include <iostream>

#include "app/common_config.h"
#include "app/health.h"
#include "app/version.h"
#include "runtime/loop.h"
#include "runtime/sync.h"

namespace fairway::app {

namespace {

struct Configured {
  CommonConfig common;
  RoleStart start;
};

// Empty when the file has problems; then they are in `report`.
std::optional<Configured> configure(const RoleSpec& role, const std::string& config_file, std::string& report) {
  config::File file = config::File::read(config_file);
  // A file that is not there, or no YAML, lacks no keys: that would only hide what is wrong.
  if (report = file.report(); !report.empty()) return std::nullopt;
  config::Section root = file.root();
  Configured configured{read_common_config(root), role.configure(root)};
  root.finish();
  report = file.report();
  if (!file.problems().empty()) return std::nullopt;
  configured.common.log.role = std::string(role.name);
  return configured;
}

// From the first signal on; a second one ends the process at once, by the signal's default action.
struct StopRequest {
  bool requested = false;
  Notify changed;

  Task<> watch() {
    co_await wait_for_stop_signal();
    requested = true;
    changed.notify_all();
  }
};

class RoleRun {
 public:
  RoleRun(Loop& loop, Env& env, Configured configured) : loop_(loop), env_(env), configured_(std::move(configured)) {}

  Task<> serve() {
    loop_.spawn("signals", stop_.watch());
    const Result<> served = co_await start_and_wait();
    if (!served) {
      env_.log.error(kCouldNotServe, {{"why", served.error().what}});
      exit_code = 1;
    }
    loop_.stop();
  }

  int exit_code = 0;

 private:
  // Not awaited by serve(): told to end meanwhile, the loop stops at once and all of it is dropped together.
  Task<> start() {
    started_ = co_await configured_.start({loop_.context(), env_, readiness_});
    stop_.changed.notify_all();
  }

  Task<Result<>> start_and_wait() {
    readiness_.set("serving", fail(Errc::unavailable, "starting"));
    FW_CO_TRY(health_, HealthEndpoint::listen(
                           loop_.context(), env_, readiness_,
                           {.bind = configured_.common.health_bind, .port = configured_.common.health_port}));
    const SteadyTime begun = env_.clock.steady();
    loop_.spawn("start", start());
    while (!started_ && !stop_.requested) co_await stop_.changed.wait();
    if (!started_) {
      env_.log.info("told to end before the role was up");
      co_return Result<>{};
    }
    if (!*started_) co_return std::unexpected(std::move(*started_).error());
    readiness_.set("serving", {});
    env_.log.info("serving", {{"version", std::string(kVersion)},
                              {"health_port", std::to_string(health_->port())},
                              {"took_ms", std::to_string((env_.clock.steady() - begun).count() / 1'000'000)}});
    while (!stop_.requested) co_await stop_.changed.wait();
    readiness_.set("serving", fail(Errc::unavailable, "ending"));
    const SteadyTime ending = env_.clock.steady();
    co_await (**started_)->stop(configured_.common.stop_patience);
    co_await health_->stop(std::chrono::milliseconds(200));
    env_.log.info("ended in order",
                  {{"took_ms", std::to_string((env_.clock.steady() - ending).count() / 1'000'000)}});
    co_return Result<>{};
  }

  Loop& loop_;
  Env& env_;
  Configured configured_;
  StopRequest stop_;
  http::Readiness readiness_;
  std::unique_ptr<HealthEndpoint> health_;
  std::optional<Result<std::unique_ptr<RunningRole>>> started_;
};

}  // namespace

int run_role(const RoleSpec& role, const std::string& config_file) {
  std::string report;
  auto configured = configure(role, config_file, report);
  if (!configured) {
    std::cerr << report;
    return 2;
  }
  auto log = make_log(configured->common.log);
  if (!log) {
    std::cerr << "fairway " << role.name << ": " << log.error().what << "\n";
    return 2;
  }
  Metrics metrics;
  Env env{system_clock(), system_random(), loop_timers(), **log, metrics};
  Loop loop(**log);
  RoleRun run(loop, env, std::move(*configured));
  loop.spawn(std::string(role.name), run.serve());
  loop.run();
  return run.exit_code;
}

int check_config(const RoleSpec& role, const std::string& config_file) {
  std::string report;
  if (!configure(role, config_file, report)) {
    std::cout << report;
    return 2;
  }
  std::cout << config_file << ": no problem found for fairway " << role.name << "\n";
  return 0;
}

}  // namespace fairway::app
