// What every role has in common: configuration with all its problems, the log, metrics and health, an orderly stop.
//
// A role is described by a function that reads its part of the configuration and returns how to start it; so
// `check-config` reads exactly what running would read.
//
// Exit codes: 0 ended in order; 1 could not start or serve; 2 the command line or the configuration is wrong.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/reader.h"
#include "http/ops.h"
#include "runtime/env.h"

namespace fairway::app {

struct RoleContext {
  boost::asio::io_context& context;
  Env& env;
  http::Readiness& readiness;  // "serving" is kept by the runner; a role may add what else it needs
};

// A role that serves. Destroyed after stop() has ended and before the loop.
class RunningRole {
 public:
  virtual ~RunningRole() = default;
  virtual Task<> stop(Duration patience) = 0;
};

// What a role logs when it gives up, with the reason as `why`.
inline constexpr std::string_view kCouldNotServe = "the role could not serve";

using RoleStart = std::function<Task<Result<std::unique_ptr<RunningRole>>>(RoleContext)>;

struct RoleSpec {
  std::string_view name;     // "kube-api": the command and the word in the log
  std::string_view about;    // one line for --help
  std::string_view example;  // a first configuration, for --help
  // Reads its sections of the file; problems are noted there. The returned function holds what was read.
  RoleStart (*configure)(config::Section& root);
};

// All roles that this program has, in the order in which they start.
[[nodiscard]] const std::vector<RoleSpec>& roles();

// Reads the file, starts the role and runs it until SIGTERM or SIGINT. Returns the exit code.
[[nodiscard]] int run_role(const RoleSpec& role, const std::string& config_file);
// Every problem of the file, on standard output; says so when there is none. Returns the exit code.
[[nodiscard]] int check_config(const RoleSpec& role, const std::string& config_file);

// Wraps a component whose life is `start` and `stop(patience)`.
template <class Component>
class ComponentRole final : public RunningRole {
 public:
  explicit ComponentRole(std::unique_ptr<Component> component) : component_(std::move(component)) {}
  Task<> stop(Duration patience) override { co_await component_->stop(patience); }

 private:
  std::unique_ptr<Component> component_;
};

}  // namespace fairway::app
