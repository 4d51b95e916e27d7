// Members that health monitors of type PING watch: each is asked every `delay`, one question at a time, and judged
// by its answers, for each monitor apart. Who cannot be asked (no socket) is not judged.
//
// Threads: the loop's only. Lifetime: shared, since questions outlast their target by an instant.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/ping/asker.h"
#include "dataplane/ping/judge.h"
#include "runtime/env.h"

namespace fairway::dataplane::ping {

struct Target {
  std::string pool_id, member_id, monitor_id, address;
  Duration delay{}, timeout{};
  Limits limits;
  bool operator==(const Target&) const = default;
};

class Pinger : public std::enable_shared_from_this<Pinger> {
 public:
  // `on_change`: a health in that namespace is another one now.
  Pinger(Env& env, OpenAsker open, std::function<void(const std::string& ns)> on_change);
  ~Pinger();
  Pinger(const Pinger&) = delete;
  Pinger& operator=(const Pinger&) = delete;

  // Level-based: who is new is asked at once; who stays, with the same address, keeps its health.
  Task<> watch(std::string ns, std::vector<Target> targets);
  // Closes the socket there.
  void forget(const std::string& ns);
  // By all monitors: down when one says so, pending when one has not said anything yet.
  [[nodiscard]] Health health(const std::string& ns, const std::string& pool_id, const std::string& member_id) const;

 private:
  struct Watched {
    Target target;
    Standing standing;
    bool gone = false;
  };
  struct Place {
    std::shared_ptr<Asker> asker;
    std::map<std::array<std::string, 3>, std::shared_ptr<Watched>> watched;  // by pool, member and monitor
  };

  // The coroutine of one target, until it is gone.
  static Task<> follow(std::weak_ptr<Pinger> weak, std::string ns, std::shared_ptr<Watched> watched);
  static Task<> pause(Timers& timers, std::shared_ptr<const Watched> watched, Duration left);
  [[nodiscard]] std::shared_ptr<Asker> asker_of(const std::string& ns, const boost::asio::any_io_executor& executor);
  void judge(const std::string& ns, Watched& watched, bool answered);

  Env& env_;
  OpenAsker open_;
  std::function<void(const std::string& ns)> on_change_;
  std::map<std::string, Place> places_;  // by namespace
};

}  // namespace fairway::dataplane::ping
