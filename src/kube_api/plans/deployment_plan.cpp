#include "kube_api/plans/deployment_plan.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "kube_api/object/field_errors.h"
#include "kube_api/object/object_access.h"
#include "kube_api/plans/rollout_status.h"

namespace fairway::kube_api {
namespace {

class Planner {
 public:
  explicit Planner(const DeploymentView& view)
      : view_(view),
        deployment_(view.deployment),
        size_(rollout_size(view.deployment)),
        newest_(find_new_set(view.deployment, view.sets)) {
    for (const auto& set : view.sets) {
      if (&set != newest_) old_.push_back(&set);
      if (set.wanted > 0) active_.push_back(&set);
      wanted_ += set.wanted;
      available_ += set.available;
    }
  }

  DeploymentPlan plan() {
    if (being_deleted(deployment_)) {
      plan_.status = counted_status(deployment_, view_.sets, newest_, view_.now);
      return std::move(plan_);
    }
    if (newest_ != nullptr && refresh_newest()) return std::move(plan_);
    const bool paused = bool_at(deployment_, {"spec", "paused"});
    if (paused || was_scaled()) {
      scale();
      if (paused) forget_old();
      plan_.status = counted_status(deployment_, view_.sets, newest_, view_.now);
    } else {
      if (size_.rolling) {
        roll();
      } else {
        recreate();
      }
      plan_.status = rollout_status(deployment_, view_.sets, newest_, view_.now);
    }
    note_pause(deployment_, plan_.status, view_.now);
    note_found();
    plan_.look_again = time_left(deployment_, plan_.status, view_.now);
    return std::move(plan_);
  }

 private:
  const DeploymentView& view_;
  const json::Object& deployment_;
  RolloutSize size_;
  const RolloutSet* newest_;
  std::vector<const RolloutSet*> old_, active_;
  std::int64_t wanted_ = 0, available_ = 0;
  DeploymentPlan plan_;

  [[nodiscard]] std::int64_t next_revision() const {
    std::int64_t most = 0;
    for (const auto* set : old_) most = std::max(most, set->revision);
    return most + 1;
  }

  // The newest set carries the deployment's annotations and the highest revision; true when it has to be written.
  bool refresh_newest() {
    auto wanted = as_newest(*newest_->object, deployment_, next_revision());
    plan_.revision = text_at(wanted, {"metadata", "annotations", kRevision});
    if (wanted == *newest_->object) return false;
    plan_.refresh = std::move(wanted);
    plan_.status = map_at(deployment_, {"status"});
    return true;
  }

  // A set that is there before its deployment ever measured progress.
  void note_found() {
    const auto& before = map_at(deployment_, {"status"});
    if (newest_ == nullptr || !has_deadline(deployment_) || find_condition(before, "Progressing") != nullptr ||
        find_condition(plan_.status, "Progressing") != nullptr)
      return;
    set_condition(plan_.status, "Progressing",
                  {"True", "FoundNewReplicaSet", fmt::format("Found new replica set {}", in_quotes(newest_->name))},
                  view_.now);
  }

  void resize(const RolloutSet& set, std::int64_t to, bool annotations_too = false) {
    const bool noted = set.desired == size_.replicas && set.most == size_.replicas + size_.surge;
    if (set.wanted == to && (!annotations_too || noted)) return;
    plan_.resize.push_back({set.name, set.wanted, to, resized(*set.object, to, size_)});
  }

  // Somebody changed the deployment's size since its sets were last sized.
  [[nodiscard]] bool was_scaled() const {
    return std::ranges::any_of(
        active_, [&](const RolloutSet* set) { return set->desired && *set->desired != size_.replicas; });
  }

  void scale() {
    if (active_.size() <= 1) {
      const auto* only = !active_.empty() ? active_.front() : newest_ != nullptr ? newest_ : latest_old();
      if (only != nullptr) resize(*only, size_.replicas);
      return;
    }
    const bool saturated = newest_ != nullptr && newest_->wanted == size_.replicas &&
                           newest_->desired == size_.replicas && newest_->available == size_.replicas;
    if (saturated) {
      for (const auto* set : old_) resize(*set, 0);
    } else if (size_.rolling) {
      scale_in_proportion();
    }
  }

  [[nodiscard]] const RolloutSet* latest_old() const { return old_.empty() ? nullptr : old_.back(); }

  // In the middle of a rollout every set gets its share of what is added or taken.
  void scale_in_proportion() {
    const auto allowed = size_.replicas > 0 ? size_.replicas + size_.surge : 0;
    const auto to_add = allowed - wanted_;
    auto sets = active_;
    // The largest first; of the same size the newest grows first and the oldest shrinks first.
    std::ranges::sort(sets, [&](const RolloutSet* a, const RolloutSet* b) {
      if (a->wanted != b->wanted) return a->wanted > b->wanted;
      return to_add > 0 ? std::tie(a->created, a->name) > std::tie(b->created, b->name)
                        : std::tie(a->created, a->name) < std::tie(b->created, b->name);
    });
    std::map<const RolloutSet*, std::int64_t> sizes;
    std::int64_t added = 0;
    for (const auto* set : sets) {
      const auto share = to_add == 0 ? 0 : share_of(*set, to_add, to_add - added);
      sizes[set] = set->wanted + share;
      added += share;
    }
    if (!sets.empty()) {
      auto& first = sizes[sets.front()];
      first = std::max<std::int64_t>(first + to_add - added, 0);
    }
    for (const auto* set : sets) resize(*set, sizes[set], true);
  }

  [[nodiscard]] std::int64_t share_of(const RolloutSet& set, std::int64_t to_add, std::int64_t left) const {
    if (left == 0) return 0;
    auto share = -set.wanted;
    if (size_.replicas > 0) {
      auto most_before = set.most.value_or(0);
      if (most_before == 0) most_before = int_at(deployment_, {"status", "replicas"});
      if (most_before == 0) return 0;
      const auto grown = static_cast<double>(set.wanted * (size_.replicas + size_.surge));
      share = std::llround(grown / static_cast<double>(most_before)) - set.wanted;
    }
    return to_add > 0 ? std::min(share, left) : std::max(share, left);
  }

  // How many the newest set may have now: never more pods in all than replicas and surge.
  [[nodiscard]] std::int64_t room_for_newest() const {
    const auto present = newest_ == nullptr ? 0 : newest_->wanted;
    if (!size_.rolling) return size_.replicas;
    const auto room = size_.replicas + size_.surge - wanted_;
    if (room <= 0) return present;
    return present + std::min(room, size_.replicas - present);
  }

  void make_newest() { plan_.create = new_replica_set(deployment_, room_for_newest(), next_revision()); }

  void roll() {
    if (newest_ == nullptr) return make_newest();
    if (newest_->wanted != size_.replicas) {
      resize(*newest_, newest_->wanted > size_.replicas ? size_.replicas : room_for_newest());
      if (!plan_.resize.empty()) return;
    }
    shrink_old();
    if (plan_.resize.empty() && rollout_complete(deployment_, map_at(deployment_, {"status"}))) forget_old();
  }

  // Old pods go as new ones become available; those that are not available go first, since nobody misses them.
  void shrink_old() {
    const auto least = size_.replicas - size_.unavailable;
    auto spare = wanted_ - least - (newest_->wanted - newest_->available);
    std::map<const RolloutSet*, std::int64_t> sizes;
    for (const auto* set : old_) {
      sizes[set] = set->wanted;
      if (spare <= 0 || set->wanted == 0 || set->wanted == set->available) continue;
      const auto unhealthy = std::min(spare, set->wanted - set->available);
      sizes[set] -= unhealthy;
      spare -= unhealthy;
    }
    const bool allowed = wanted_ - least - (newest_->wanted - newest_->available) > 0;
    auto surplus = allowed ? available_ - least : 0;
    for (const auto* set : old_) {
      if (surplus <= 0) break;
      const auto fewer = std::min(sizes[set], surplus);
      sizes[set] -= fewer;
      surplus -= fewer;
    }
    for (const auto* set : old_) resize(*set, sizes[set]);
  }

  // First all old pods end, then the new ones begin.
  void recreate() {
    for (const auto* set : old_) resize(*set, 0);
    if (!plan_.resize.empty()) return;
    const bool old_run =
        view_.old_pods || std::ranges::any_of(old_, [](const RolloutSet* set) { return set->replicas > 0; });
    if (old_run) return;
    if (newest_ == nullptr) return make_newest();
    resize(*newest_, size_.replicas);
    if (plan_.resize.empty() && rollout_complete(deployment_, map_at(deployment_, {"status"}))) forget_old();
  }

  void forget_old() {
    const auto* limit = at(deployment_, {"spec", "revisionHistoryLimit"});
    if (limit == nullptr || *limit == INT32_MAX) return;
    std::vector<const RolloutSet*> kept;
    for (const auto* set : old_) {
      if (!being_deleted(*set->object)) kept.push_back(set);
    }
    const auto excess = static_cast<std::int64_t>(kept.size()) - limit->as_int64();
    std::ranges::sort(kept, {},
                      [](const RolloutSet* set) { return std::tie(set->revision, set->created, set->name); });
    for (std::int64_t i = 0; i < excess; ++i) {
      const auto* set = kept[static_cast<std::size_t>(i)];
      if (set->settled) plan_.remove.push_back(set->name);
    }
  }
};

}  // namespace

DeploymentPlan plan_deployment(const DeploymentView& view) { return Planner(view).plan(); }

json::Object status_after_create(const json::Object& deployment, const json::Object& set, WallTime now) {
  auto status = map_at(deployment, {"status"});
  if (has_deadline(deployment)) {
    set_condition(
        status, "Progressing",
        {"True", "NewReplicaSetCreated", fmt::format("Created new replica set {}", in_quotes(name_of(set)))}, now);
  }
  return status;
}

json::Object status_after_failure(const json::Object& deployment, const std::string& why, WallTime now) {
  auto status = map_at(deployment, {"status"});
  if (has_deadline(deployment)) set_condition(status, "Progressing", {"False", "ReplicaSetCreateError", why}, now);
  return status;
}

}  // namespace fairway::kube_api
