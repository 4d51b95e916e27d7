#include "app/supervisor.h"

#include <csignal>

#include <boost/asio/co_spawn.hpp>

#include "base/backoff.h"

namespace fairway::app {

struct Supervisor::Child {
  ChildSpec spec;
  std::optional<ProcessId> process;
  bool stopping = false;
  bool ended = false;
  int unasked_ends = 0;
  Notify changed;
};

void Supervisor::start(ChildSpec spec) {
  const std::string name = spec.name;
  auto child = std::make_shared<Child>();
  child->spec = std::move(spec);
  children_[name] = child;
  boost::asio::co_spawn(context_, keep(std::move(child)), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

Task<> Supervisor::keep(std::shared_ptr<Child> child) {
  Backoff backoff(env_.random, std::chrono::milliseconds(100), std::chrono::seconds(5));
  while (!child->stopping) {
    ProcessSpec spec;
    spec.argv = child->spec.argv;
    spec.env = child->spec.env;
    spec.log_file = child->spec.log_file;
    spec.die_with_parent = true;
    const SteadyTime begun = env_.clock.steady();
    const auto started = start_process(spec);
    if (started) {
      child->process = *started;
      if (callback_) callback_();
      const ProcessEnd end = co_await wait_process(*started);
      child->process.reset();
      if (callback_) callback_();
      if (child->stopping) break;
      ++child->unasked_ends;
      env_.log.warn("a role ended; it is started again", {{"role", child->spec.name},
                                                          {"exit_code", std::to_string(end.exit_code)},
                                                          {"signal", std::to_string(end.signal)}});
    } else {
      env_.log.error("a role could not be started", {{"role", child->spec.name}, {"why", started.error().what}});
    }
    // One that ran well is started again at once.
    if (env_.clock.steady() - begun > std::chrono::seconds(10)) {
      backoff.reset();
    } else if (!child->stopping) {
      co_await child->changed.wait(backoff.next());
    }
  }
  child->ended = true;
  child->changed.notify_all();
}

Task<> Supervisor::stop(std::string name, Duration patience) {
  const auto found = children_.find(name);
  if (found == children_.end()) co_return;
  const auto child = found->second;
  child->stopping = true;
  child->changed.notify_all();
  if (child->process) signal_process(*child->process, SIGTERM);
  const SteadyTime until = env_.clock.steady() + patience;
  while (!child->ended && env_.clock.steady() < until) co_await child->changed.wait(until - env_.clock.steady());
  if (child->process) {
    env_.log.warn("a role did not end in time and was killed", {{"role", name}});
    signal_process(*child->process, SIGKILL);
  }
  while (!child->ended) co_await child->changed.wait();
}

std::map<std::string, int> Supervisor::pids() const {
  std::map<std::string, int> found;
  for (const auto& [name, child] : children_) {
    if (child->process) found[name] = child->process->pid;
  }
  return found;
}

int Supervisor::unasked_ends(const std::string& name) const {
  const auto found = children_.find(name);
  return found == children_.end() ? 0 : found->second->unasked_ends;
}

}  // namespace fairway::app
