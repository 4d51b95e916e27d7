#include "cluster_driver/lab_runner.h"

#include <fmt/format.h>

#include "base/backoff.h"
#include "base/files.h"

namespace fairway::cluster_driver {

namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::seconds kLongestPause{5};
constexpr std::chrono::seconds kStopPatience{1};

// What makes another lab necessary.
std::string mark_of(const lab::LabConfig& config) {
  std::string mark = config.private_network + config.kubeconfig + config.cloud.application_credential_id;
  mark += read_whole_file(config.kubeconfig).value_or("") + config.kubelet_authority.certificate_pem;
  for (const lab::NodeConfig& node : config.nodes) mark += "\n" + node.name;
  return mark;
}

}  // namespace

LabRunner::LabRunner(boost::asio::io_context& context, Env& env, std::function<void()> changed)
    : context_(context), env_(env), changed_(std::move(changed)), tasks_(context, env.log) {
  tasks_.spawn("a cluster's lab", keep());
}

void LabRunner::want(lab::LabConfig config) {
  std::string mark = mark_of(config);
  if (mark == wanted_mark_) return;
  wanted_ = std::move(config);
  wanted_mark_ = std::move(mark);
  wake_.notify_all();
}

Result<> LabRunner::settled() const {
  if (!lab_ || running_mark_ != wanted_mark_)
    return fail(Errc::unavailable, problem_.empty() ? "the nodes register" : problem_);
  if (const std::size_t leaving = lab_->nodes_leaving(); leaving > 0)
    return fail(Errc::unavailable,
                fmt::format("{} of the nodes still {} its pods away", leaving, leaving == 1 ? "moves" : "move"));
  return {};
}

Task<> LabRunner::keep() {
  Backoff backoff(env_.random, kFirstPause, kLongestPause);
  for (;;) {
    if (running_mark_ == wanted_mark_) {
      co_await wake_.wait();
      continue;
    }
    if (lab_) co_await lab_->stop(kStopPatience);
    lab_.reset();
    running_mark_.clear();
    const std::string mark = wanted_mark_;
    auto started = co_await lab::Lab::start(context_, env_, wanted_);
    const bool stands = started.has_value();
    if (stands) {
      lab_ = *std::move(started);
      running_mark_ = mark;
      problem_.clear();
      backoff.reset();
    } else {
      problem_ = started.error().what;
    }
    changed_();
    if (!stands) co_await env_.timers.sleep(backoff.next());
  }
}

Task<> LabRunner::stop(Duration patience) {
  co_await tasks_.stop();
  if (lab_) co_await lab_->stop(patience);
  lab_.reset();
}

}  // namespace fairway::cluster_driver
