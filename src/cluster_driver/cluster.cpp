#include "cluster_driver/cluster.h"

#include <fmt/format.h>

#include "cluster_driver/adopted_parts.h"
#include "cluster_driver/parts.h"

namespace fairway::cluster_driver {

namespace {

using cluster_link::ClusterWish;

constexpr std::chrono::milliseconds kFirstPause{15};
constexpr std::chrono::milliseconds kLongestPause{500};
// What is wrong is looked at again, but not as often as what only takes time.
constexpr std::chrono::seconds kAfterFailure{5};

std::unique_ptr<ClusterParts> make_parts(DriverContext driver, const ClusterWish& wish,
                                         std::function<void()> changed) {
  if (wish.adopted) return std::make_unique<AdoptedParts>(driver, wish.id, std::move(changed));
  return std::make_unique<Parts>(driver, wish.id, std::move(changed));
}

}  // namespace

bool is_waiting(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::timeout || error.code == Errc::conflict;
}

void add_progress(const Progress& progress, cluster_link::Facts& facts) {
  const bool stood = progress.done_generation == facts.generation;
  if (progress.pass || stood) {
    facts.state = progress.done_generation == facts.generation ? "done" : "working";
    facts.reason = facts.state == "done" ? "" : progress.step;
    if (!progress.pass) facts.health_reason["driver"] = progress.step + ": " + progress.pass.error().what;
    return;
  }
  const Error& error = progress.pass.error();
  facts.state = is_waiting(error) && !progress.remedy ? "working" : "failed";
  const char* between = progress.step.empty() || error.what.empty() ? "" : ": ";
  facts.reason = progress.step + between + error.what;
  if (progress.remedy) facts.reason += *progress.remedy;
}

Cluster::Cluster(DriverContext driver, ClusterWish wish, Tell tell)
    : driver_(driver),
      wish_(std::move(wish)),
      tell_(std::move(tell)),
      parts_(make_parts(driver, wish_, [this] { wake(); })),
      tasks_(driver.context, driver.env.log) {
  tasks_.spawn("cluster " + wish_.name, run());
}

void Cluster::wake() {
  dirty_ = true;
  changed_.notify_all();
}

void Cluster::wish(ClusterWish wish) {
  known_ = true;
  if (wish == wish_) return;
  // What is being taken away does not come back.
  wish.deleting = wish.deleting || wish_.deleting;
  wish_ = std::move(wish);
  progress_.step.clear();
  progress_.remedy.reset();
  waited_for_.clear();
  wake();
}

void Cluster::disown() {
  known_ = false;
  if (wish_.deleting) return;
  wish_.deleting = true;
  progress_.step.clear();
  wake();
}

void Cluster::tell_again() {
  told_ = {};
  if (gone_) {
    tell_(cluster_link::Gone{wish_.id});
  } else {
    tell();
  }
}

void Cluster::tell() {
  cluster_link::Facts facts = parts_->facts(wish_);
  add_progress(progress_, facts);
  if (facts == told_) return;
  told_ = facts;
  tell_(std::move(facts));
}

// A pass begins with the steps that stand already: only what goes beyond them is news.
void Cluster::say(std::string step) {
  now_at_ = std::move(step);
  if (now_at_ <= progress_.step) return;
  progress_.step = now_at_;
  // What the last pass waited for belongs to an earlier step.
  progress_.pass = {};
  tell();
}

Task<Result<>> Cluster::pass() {
  const auto said = [this](std::string step) { say(std::move(step)); };
  const ClusterWish wish = wish_;
  if (wish.deleting) {
    // A driver that is killed in the middle must not begin by making it again.
    if (parts_->folder().exists()) FW_CO_TRY_DO(parts_->folder().save(wish));
    FW_CO_TRY_DO(co_await parts_->remove(wish, known_, said));
    gone_ = true;
    co_return Result<>{};
  }
  FW_CO_TRY_DO(parts_->folder().make());
  FW_CO_TRY_DO(parts_->folder().save(wish));
  FW_CO_TRY_DO(co_await parts_->build(wish, said));
  co_await parts_->look();
  progress_.done_generation = wish.generation;
  co_return Result<>{};
}

Task<> Cluster::run() {
  Backoff backoff(driver_.env.random, kFirstPause, kLongestPause);
  const SteadyTime begun = driver_.env.clock.steady();
  while (!gone_) {
    dirty_ = false;
    const std::string step = progress_.step;
    const bool was_done = progress_.done_generation == wish_.generation;
    Result<> ended = co_await pass();
    if (gone_) break;
    progress_.pass = std::move(ended);
    progress_.step = now_at_;
    if (!was_done && progress_.done_generation == wish_.generation) {
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(driver_.env.clock.steady() - begun);
      driver_.env.log.info("a cluster is as wished",
                           {{"cluster", wish_.name}, {"after_ms", std::to_string(took.count())}});
    }
    if (progress_.step != step) backoff.reset();
    judge_deletion();
    tell();
    co_await pause(backoff);
  }
  driver_.env.log.info("a cluster is gone", {{"cluster", wish_.name}});
  tell_(cluster_link::Gone{wish_.id});
}

// Each state of what is waited for counts once: one that comes again and again is no progress.
void Cluster::judge_deletion() {
  if (!wish_.deleting || progress_.pass) return;
  const Error& error = progress_.pass.error();
  const SteadyTime now = driver_.env.clock.steady();
  if (waited_for_.insert(progress_.step + error.what).second) changed_at_ = now;
  if (driver_.config.heat_like && error.code == Errc::conflict) {
    progress_.remedy = "";
    given_up_ = wish_.generation;
  } else if (now - changed_at_ > driver_.config.delete_patience) {
    progress_.remedy = fmt::format(
        "; nothing has changed for {} s. Remove what is named by hand, or have the cloud's operator set it to ERROR, "
        "and delete the cluster again",
        std::chrono::duration_cast<std::chrono::seconds>(driver_.config.delete_patience).count());
  } else {
    progress_.remedy.reset();
  }
}

// Until another pass is worth it.
Task<> Cluster::pause(Backoff& backoff) {
  while (given_up_ == wish_.generation && wish_.deleting) co_await changed_.wait();
  if (dirty_) co_return;
  if (progress_.pass) {
    co_await changed_.wait(driver_.config.health_interval);
    co_return;
  }
  const bool waits = is_waiting(progress_.pass.error()) && !progress_.remedy;
  if (!waits)
    driver_.env.log.warn(wish_.deleting ? "a cluster cannot be deleted" : "a cluster cannot be made as wished",
                         {{"cluster", wish_.name}, {"step", progress_.step}, {"why", progress_.pass.error().what}});
  co_await changed_.wait(waits ? backoff.next() : Duration(kAfterFailure));
}

Task<ServiceAnswer> Cluster::service(std::string host, std::string name, std::string action) {
  ServiceAnswer answer = co_await parts_->service(wish_, std::move(host), std::move(name), std::move(action));
  wake();
  co_return answer;
}

Task<Result<>> Cluster::set_load_balancers(bool on) {
  Result<> done = co_await parts_->set_load_balancers(wish_, on);
  wake();
  co_return done;
}

Task<Result<>> Cluster::take_kubeconfig(std::string text, ClusterParts::CheckIdentity check) {
  Result<> taken = co_await parts_->take_kubeconfig(std::move(text), std::move(check));
  wake();
  co_return taken;
}

Task<> Cluster::stop(Duration patience) {
  co_await tasks_.stop();
  co_await parts_->release(patience);
}

}  // namespace fairway::cluster_driver
