// Keeps the roles of one `fairway up` running: each a child process that dies with us, started again when it ends.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/env.h"
#include "runtime/process.h"
#include "runtime/sync.h"

namespace fairway::app {

struct ChildSpec {
  std::string name;
  std::vector<std::string> argv;
  std::map<std::string, std::string> env;
  std::string log_file;  // what it says outside its own log
};

class Supervisor {
 public:
  // `context` and `env` outlive it.
  Supervisor(boost::asio::io_context& context, Env& env) : context_(context), env_(env) {}

  // Starts it now and, until stop, whenever it has ended: at once the first time, with growing pauses when it ends
  // again soon.
  void start(ChildSpec spec);
  // SIGTERM to one and the end of its restarts; SIGKILL after the patience.
  Task<> stop(std::string name, Duration patience);

  [[nodiscard]] std::map<std::string, int> pids() const;
  // Called at each start and end.
  void on_change(std::function<void()> callback) { callback_ = std::move(callback); }
  // How often a child has ended unasked.
  [[nodiscard]] int unasked_ends(const std::string& name) const;

 private:
  struct Child;
  Task<> keep(std::shared_ptr<Child> child);

  boost::asio::io_context& context_;
  Env& env_;
  std::map<std::string, std::shared_ptr<Child>> children_;
  std::function<void()> callback_;
};

}  // namespace fairway::app
