// An Env for tests: hand-wound time, repeatable ids, a log that is kept.
#pragma once

#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/env.h"

namespace fairway::testing {

class ManualClock final : public Clock {
 public:
  [[nodiscard]] SteadyTime steady() const override { return steady_; }
  [[nodiscard]] WallTime wall() const override { return wall_; }
  void advance(Duration by) {
    steady_ += by;
    wall_ += std::chrono::duration_cast<WallTime::duration>(by);
  }

 private:
  SteadyTime steady_{std::chrono::hours(1)};
  WallTime wall_{std::chrono::seconds(1'767'225'600)};  // 2026-01-01T00:00:00Z
};

// Counts up: ids differ, and are the same in every run.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    ++count_;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[bytes.size() - 1 - i] = i < sizeof count_ ? static_cast<std::byte>(count_ >> (8 * i)) : std::byte{0};
    }
  }

 private:
  std::uint64_t count_ = 0;
};

class KeptLog final : public Log {
 public:
  struct Line {
    LogLevel level;
    std::string message;
    std::map<std::string, std::string> fields;
  };
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) override {
    Line line{level, std::string(message), {}};
    for (const auto& field : fields) line.fields.emplace(field.key, field.value);
    lines_.push_back(std::move(line));
  }
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

 private:
  std::vector<Line> lines_;
};

// Waits end when advance() has passed them: no test sleeps.
class ManualTimers final : public Timers {
 public:
  explicit ManualTimers(ManualClock& clock) : clock_(clock) {}
  Task<> sleep(Duration duration) override;
  // Winds the clock and wakes whom it passes, in order. Run the loop (poll) afterwards.
  void advance(Duration by);
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  // When the next wait would end.
  [[nodiscard]] std::optional<SteadyTime> next_due() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->first);
  }

 private:
  ManualClock& clock_;
  std::multimap<SteadyTime, boost::asio::steady_timer*> waiting_;
};

struct TestEnv {
  ManualClock clock;
  CountingRandom random;
  ManualTimers timers{clock};
  KeptLog log;
  Metrics metrics;
  Env env{clock, random, timers, log, metrics};
};

// Runs the loop until this one task is done, whatever else goes on there, and returns what it returned. Rethrows what
// it threw; a loop that runs dry before is a task that would wait for ever: std::logic_error.
template <class T>
T run_on(boost::asio::io_context& context, Task<T> task) {
  using Stored = std::conditional_t<std::is_void_v<T>, bool, T>;
  std::exception_ptr thrown;
  std::optional<Stored> value;
  bool done = false;
  const auto store = [&]() -> Task<> {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      value.emplace(true);
    } else {
      value.emplace(co_await std::move(task));
    }
  };
  boost::asio::co_spawn(context, store(), [&](std::exception_ptr error) {
    thrown = error;
    done = true;  // only now does nothing refer to this frame any more
  });
  context.restart();
  while (!done) {
    if (context.run_one() == 0) throw std::logic_error("the loop ran dry before the task was done");
  }
  if (thrown) std::rethrow_exception(thrown);
  if constexpr (!std::is_void_v<T>) return std::move(*value);
}

// The same on a loop of its own.
template <class T>
T run(Task<T> task) {
  boost::asio::io_context context;
  return run_on(context, std::move(task));
}

}  // namespace fairway::testing
