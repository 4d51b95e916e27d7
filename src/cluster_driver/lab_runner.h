// Keeps the lab of one cluster as it is wanted: started, and stopped and started again when its nodes change. Threads:
// the loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lab/lab.h"
#include "runtime/sync.h"
#include "runtime/task_group.h"

namespace fairway::cluster_driver {

class LabRunner {
 public:
  // `changed` whenever a lab has started or could not. `context` and `env` outlive it.
  LabRunner(boost::asio::io_context& context, Env& env, std::function<void()> changed);
  ~LabRunner() = default;
  LabRunner(const LabRunner&) = delete;
  LabRunner& operator=(const LabRunner&) = delete;

  // Level-based: the same nodes and login again change nothing.
  void want(lab::LabConfig config);
  // Nothing is left to do. Error: unavailable, with what is waited for.
  [[nodiscard]] Result<> settled() const;
  // Ends the lab, also one that is still starting; hosts and pods stay.
  Task<> stop(Duration patience);

 private:
  Task<> keep();

  boost::asio::io_context& context_;
  Env& env_;
  std::function<void()> changed_;
  lab::LabConfig wanted_;
  std::string wanted_mark_, running_mark_;
  std::string problem_;
  std::unique_ptr<lab::Lab> lab_;
  Notify wake_;
  TaskGroup tasks_;
};

}  // namespace fairway::cluster_driver
