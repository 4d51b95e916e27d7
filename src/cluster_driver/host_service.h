// One program that a host of a cluster runs: in a session of its own, so that it outlives the driver, found again by its
// number and start time, started again when it ends.
//
// Level-based: run() with the same specification does nothing, with another it starts the program anew. Threads: the
// loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/describe.hpp>

#include "runtime/process.h"
#include "runtime/sync.h"
#include "runtime/task_group.h"

namespace fairway::cluster_driver {

struct ServiceSpec {
  std::string name;  // "etcd", as the host's own `service` knows it
  std::string host;
  ProcessSpec process;
  std::string record_file;
  std::string reads;  // the text of all that it reads at its start: when that changes it is started anew
};

class HostService {
 public:
  // `changed` is called whenever it starts or ends. `context` and `env` outlive it.
  HostService(boost::asio::io_context& context, Env& env, std::function<void()> changed);

  // Adopts what runs as specified, or starts it; ends what runs otherwise first. A service that a person stopped stays
  // so. Error: it cannot be started; it is tried again.
  Task<Result<>> run(ServiceSpec spec);
  // As a person asks for it. `stop` holds over restarts of the driver until `start` or `restart`.
  Task<Result<>> start();
  Task<Result<>> stop(Duration patience);
  Task<Result<>> restart(Duration patience);
  // Ends it for good, with its record; one of an earlier driver too.
  Task<> remove(std::string record_file, Duration patience);
  // Stops looking after it; what runs runs on.
  Task<> release() { co_await tasks_.stop(); }

  [[nodiscard]] bool running() const { return process_.has_value(); }
  [[nodiscard]] bool stopped_by_hand() const { return stopped_; }
  [[nodiscard]] int pid() const { return process_ ? process_->pid : 0; }

 private:
  Result<> begin();
  Task<> keep();
  Task<> end(Duration patience);
  void adopt();
  void save() const;

  Env& env_;
  std::function<void()> changed_;
  ServiceSpec spec_;
  std::string fingerprint_;
  std::optional<ProcessId> process_;
  bool stopped_ = false;
  bool specified_ = false;
  Notify wake_;
  TaskGroup tasks_;
};

}  // namespace fairway::cluster_driver
