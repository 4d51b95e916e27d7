// The newest changes of a store, in memory, and the watches that read them.
//
// A backend appends each durable batch; every watch keeps its own place and reads on from there, so a slow one holds
// nothing up: when the log no longer reaches back to its place, it is told `gone`. The log is bounded by a number of
// revisions and by bytes, whichever is reached first; the newest batch always stays.
//
// Threads: the loop's only. Watches may outlive the log; they then end with `unavailable`.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "store/store.h"

namespace fairway::store {

struct LogLimits {
  std::size_t revisions = 10'000;
  std::size_t bytes = std::size_t{64} << 20U;
};

class ChangeLog {
 public:
  // Empty, at `revision`: changes after it can be watched.
  ChangeLog(LogLimits limits, Revision revision);
  ~ChangeLog();
  ChangeLog(const ChangeLog&) = delete;
  ChangeLog& operator=(const ChangeLog&) = delete;

  // A batch newer than newest(); drops old ones that are over the limits.
  void append(Batch batch);
  // Nothing changed up to `revision`.
  void advance(Revision revision);
  // Drops everything up to and with `revision`.
  void compact(Revision revision);
  // Ends all watches, present and future; so does the destructor.
  void close();

  [[nodiscard]] Result<std::unique_ptr<Watch>> watch(std::string prefix, Revision from) const;
  [[nodiscard]] Revision newest() const;
  [[nodiscard]] Revision oldest() const;

 private:
  struct State;
  class Reader;
  std::shared_ptr<State> state_;  // shared with the watches, which may live longer
};

}  // namespace fairway::store
