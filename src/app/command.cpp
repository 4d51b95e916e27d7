#include "app/command.h"

#include <unistd.h>

#include <iostream>

#include "runtime/loop.h"
#include "telemetry/log_sinks.h"

namespace fairway::app {

namespace {

Task<> keep_outcome(Loop& loop, Task<Result<int>> task, Result<int>& outcome) {
  outcome = co_await std::move(task);
  loop.stop();
}

int failed(std::string_view name, const Error& error) {
  std::cerr << "fairway " << name << ": " << error.what << "\n";
  return 2;
}

}  // namespace

int run_command(std::string_view name,
                const std::function<Task<Result<int>>(boost::asio::io_context&, Env&)>& command) {
  auto log = make_log({.format = LogFormat::human, .level = LogLevel::error});
  if (!log) return failed(name, log.error());
  Metrics metrics;
  Env env{system_clock(), system_random(), loop_timers(), **log, metrics};
  Loop loop(**log);
  Result<int> outcome = fail(Errc::internal, "it did not end");
  loop.spawn(std::string(name), keep_outcome(loop, command(loop.context(), env), outcome));
  loop.run();
  return outcome ? *outcome : failed(name, outcome.error());
}

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> all;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

}  // namespace fairway::app
