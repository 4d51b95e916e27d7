#include "kube/lease.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace fairway::kube {

LeaderElection::LeaderElection(Client& client, Env& env, LeaseConfig config, std::function<void(bool)> leading)
    : client_(client),
      env_(env),
      config_(std::move(config)),
      on_change_(std::move(leading)),
      gauge_(env.metrics.gauge("fairway_leader", "1 while this process holds the Lease", {{"lease", config_.name}})) {
}

Task<> LeaderElection::run() {
  for (;;) {
    const auto began = env_.clock.steady();
    const auto tried = co_await try_in_time();
    if (tried) {
      // From before the request was sent: the others count from when they see it.
      renewed_at_ = began;
      set_leading(true);
    } else {
      not_renewed(tried.error());
    }
    co_await env_.timers.sleep(config_.retry);
  }
}

Task<Result<>> LeaderElection::try_in_time() {
  using namespace boost::asio::experimental::awaitable_operators;
  const auto now = env_.clock.steady();
  const auto end = (leading_ ? renewed_at_ : now) + config_.renew_deadline;
  const auto done = co_await (try_acquire_or_renew() || env_.timers.sleep(std::max(end - now, Duration(0))));
  if (done.index() == 0) co_return std::get<0>(done);
  co_return fail(Errc::timeout, "the API server has not answered in time");
}

void LeaderElection::not_renewed(const Error& why) {
  if (why.code != Errc::conflict) {
    env_.log.warn("lease not renewed", {{"lease", config_.name}, {"error", why.what}});
  }
  const bool lost_to_another = !holder_.empty() && holder_ != config_.identity;
  if (leading_ && (lost_to_another || env_.clock.steady() - renewed_at_ >= config_.renew_deadline))
    set_leading(false);
}

Task<> LeaderElection::release() {
  if (!leading_ || seen_.is_null()) co_return;
  set_leading(false);
  auto lease = held_by_us(seen_);
  auto& spec = lease.at("spec").as_object();
  spec["holderIdentity"] = "";
  spec["leaseDurationSeconds"] = 1;
  const auto path = kLeases.path(config_.ns, config_.name);
  if (auto released = co_await client_.replace(path, std::move(lease)); !released) {
    env_.log.warn("lease not released; the next holder waits until it runs out",
                  {{"lease", config_.name}, {"error", released.error().what}});
  }
}

// Error: conflict while another holds it.
Task<Result<>> LeaderElection::try_acquire_or_renew() {
  const auto path = kLeases.path(config_.ns, config_.name);
  if (leading_ && !seen_.is_null()) {
    // The usual case costs one request: nobody else writes while we hold it.
    auto renewed = co_await client_.replace(path, held_by_us(seen_));
    if (renewed) {
      note(std::move(*renewed));
      co_return Result<>{};
    }
    if (renewed.error().code != Errc::conflict && renewed.error().code != Errc::not_found) {
      co_return std::unexpected(std::move(renewed).error());
    }
  }
  FW_CO_TRY(auto lease, co_await read_or_create());
  note(lease);
  const bool ours = holder_ == config_.identity;
  const auto duration = std::chrono::seconds(json::int_or(lease, "spec.leaseDurationSeconds", 15));
  if (!ours && !holder_.empty() && env_.clock.steady() - seen_at_ < duration) {
    co_return fail(Errc::conflict, fmt::format("lease {} is held by {}", config_.name, holder_));
  }
  FW_CO_TRY(auto written, co_await client_.replace(path, held_by_us(lease)));
  note(std::move(written));
  co_return Result<>{};
}

Task<Result<json::Value>> LeaderElection::read_or_create() {
  auto lease = co_await client_.get(kLeases.path(config_.ns, config_.name));
  if (lease || lease.error().code != Errc::not_found) co_return lease;
  json::Object metadata{{"name", config_.name}, {"namespace", config_.ns}};
  json::Object fresh{{"apiVersion", "coordination.k8s.io/v1"},
                     {"kind", "Lease"},
                     {"metadata", std::move(metadata)},
                     {"spec", json::Object{}}};
  co_return co_await client_.create(kLeases.path(config_.ns), held_by_us(json::Value(std::move(fresh))));
}

json::Value LeaderElection::held_by_us(const json::Value& lease) const {
  auto ours = lease;
  auto& root = ours.as_object();
  if (!root.contains("spec") || !root["spec"].is_object()) root["spec"] = json::Object{};
  auto& spec = root["spec"].as_object();
  const auto now = to_iso8601(env_.clock.wall(), Stamp::micros_z);
  if (json::string_or(lease, "spec.holderIdentity") != config_.identity) {
    spec["leaseTransitions"] = json::int_or(lease, "spec.leaseTransitions") + (holder_.empty() ? 0 : 1);
    spec["acquireTime"] = now;
  }
  spec["holderIdentity"] = config_.identity;
  spec["leaseDurationSeconds"] = std::chrono::duration_cast<std::chrono::seconds>(config_.duration).count();
  spec["renewTime"] = now;
  return ours;
}

void LeaderElection::note(json::Value lease) {
  if (seen_ != lease) seen_at_ = env_.clock.steady();
  holder_ = json::string_or(lease, "spec.holderIdentity");
  seen_ = std::move(lease);
}

void LeaderElection::set_leading(bool leading) {
  if (leading == leading_) return;
  leading_ = leading;
  gauge_.set(leading ? 1 : 0);
  env_.log.info(leading ? "leading" : "no longer leading", {{"lease", config_.name}, {"identity", config_.identity}});
  if (on_change_) on_change_(leading);
}

}  // namespace fairway::kube
