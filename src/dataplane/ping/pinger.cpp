#include "dataplane/ping/pinger.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace fairway::dataplane::ping {
namespace {

// A target that goes while it waits for its next turn is let go of this soon, however long its delay is.
constexpr Duration kLongestPause = std::chrono::seconds(10);

}  // namespace

Pinger::Pinger(Env& env, OpenAsker open, std::function<void(const std::string& ns)> on_change)
    : env_(env), open_(std::move(open)), on_change_(std::move(on_change)) {}

Pinger::~Pinger() {
  while (!places_.empty()) forget(std::string(places_.begin()->first));
}

Task<> Pinger::watch(std::string ns, std::vector<Target> targets) {
  if (targets.empty()) {
    forget(ns);
    co_return;
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  auto& watched = places_[ns].watched;
  auto before = std::exchange(watched, {});
  for (auto& target : targets) {
    const std::array key{target.pool_id, target.member_id, target.monitor_id};
    const auto old = before.find(key);
    if (old != before.end() && old->second->target == target) {
      watched.insert(before.extract(old));
      continue;
    }
    auto made = std::make_shared<Watched>();
    if (old != before.end() && old->second->target.address == target.address) made->standing = old->second->standing;
    made->target = std::move(target);
    watched.emplace(key, made);
    boost::asio::co_spawn(executor, follow(weak_from_this(), ns, made), boost::asio::detached);
  }
  for (const auto& [key, old] : before) old->gone = true;
}

void Pinger::forget(const std::string& ns) {
  const auto place = places_.find(ns);
  if (place == places_.end()) return;
  for (const auto& [key, watched] : place->second.watched) watched->gone = true;
  if (place->second.asker) place->second.asker->close();
  places_.erase(place);
}

Health Pinger::health(const std::string& ns, const std::string& pool_id, const std::string& member_id) const {
  const auto place = places_.find(ns);
  if (place == places_.end()) return Health::pending;
  const auto& watched = place->second.watched;
  bool any = false, all_up = true;
  for (auto at = watched.lower_bound({pool_id, member_id, ""});
       at != watched.end() && at->first[0] == pool_id && at->first[1] == member_id; ++at) {
    const Health one = at->second->standing.health;
    if (one == Health::down) return Health::down;
    any = true;
    all_up = all_up && one == Health::up;
  }
  return any && all_up ? Health::up : Health::pending;
}

std::shared_ptr<Asker> Pinger::asker_of(const std::string& ns, const boost::asio::any_io_executor& executor) {
  auto& asker = places_.at(ns).asker;
  if (asker) return asker;
  auto opened = open_(executor, ns);
  if (!opened) {
    env_.log.error("members cannot be asked by ICMP; trying again",
                   {{"namespace", ns}, {"error", opened.error().what}});
    return nullptr;
  }
  asker = *std::move(opened);
  return asker;
}

void Pinger::judge(const std::string& ns, Watched& watched, bool answered) {
  const auto before = std::exchange(watched.standing, after(watched.standing, answered, watched.target.limits));
  if (before.health == watched.standing.health) return;
  env_.log.debug("a member's health changed", {{"pool", watched.target.pool_id},
                                               {"member", watched.target.member_id},
                                               {"health", to_word(watched.standing.health)}});
  on_change_(ns);
}

Task<> Pinger::follow(std::weak_ptr<Pinger> weak, std::string ns, std::shared_ptr<Watched> watched) {
  const auto executor = co_await boost::asio::this_coro::executor;
  while (!watched->gone) {
    auto self = weak.lock();
    if (!self) co_return;
    Timers& timers = self->env_.timers;
    const auto began = self->env_.clock.steady();
    if (const auto asker = self->asker_of(ns, executor)) {
      self.reset();  // whose end closes the asker under the question
      const bool answered = co_await asker->ask(watched->target.address, watched->target.timeout);
      self = weak.lock();
      if (!self || watched->gone) co_return;
      self->judge(ns, *watched, answered);
    }
    const auto left = watched->target.delay - (self->env_.clock.steady() - began);
    self.reset();
    co_await pause(timers, watched, left);
  }
}

Task<> Pinger::pause(Timers& timers, std::shared_ptr<const Watched> watched, Duration left) {
  while (left > Duration::zero() && !watched->gone) {
    const auto some = std::min(left, kLongestPause);
    left -= some;
    co_await timers.sleep(some);
  }
}

}  // namespace fairway::dataplane::ping
