#include "kube_api/plans/rollout_sets.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/owners.h"

namespace fairway::kube_api {
namespace {

// What is the deployment's own, or is written to its replica sets one by one.
constexpr std::array kNotCopied{std::string_view("kubectl.kubernetes.io/last-applied-configuration"),
                                kRevision,
                                kRevisionHistory,
                                kDesiredReplicas,
                                kMaxReplicas,
                                std::string_view("deprecated.deployment.rollback.to")};

constexpr std::size_t kLongestHistory = 2000;

std::optional<std::int64_t> count_in(const json::Object& object, std::string_view annotation) {
  const auto number = parse_int(text_at(object, {"metadata", "annotations", annotation}));
  return number && *number >= 0 ? number : std::nullopt;
}

// "25%" of the replicas, rounded up or down, or the number itself.
std::int64_t part_of(const json::Object& rolling, std::string_view key, std::int64_t replicas, bool up) {
  const auto* value = rolling.if_contains(key);
  if (value == nullptr) return 0;
  if (value->is_int64()) return value->get_int64();
  const auto percent = parse_int(trim(std::string_view(value->as_string())).substr(0, value->as_string().size() - 1));
  const auto hundredths = percent.value_or(0) * replicas;
  return (hundredths + (up ? 99 : 0)) / 100;
}

// FNV-1a, written in letters that make no words. It only has to differ where templates differ.
std::string hash_of(const json::Value& pod_template, std::int64_t collisions) {
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::uint32_t hash = 2166136261U;
  const auto text = json::write(pod_template) + (collisions > 0 ? std::to_string(collisions) : "");
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  std::string letters;
  for (const char digit : std::to_string(hash))
    letters += kLetters[static_cast<std::size_t>(digit) % kLetters.size()];
  return letters;
}

void copy_annotations(json::Object& to, const json::Object& deployment) {
  for (const auto& annotation : map_at(deployment, {"metadata", "annotations"})) {
    if (std::ranges::find(kNotCopied, std::string_view(annotation.key())) == kNotCopied.end())
      to[annotation.key()] = annotation.value();
  }
}

void note_size(json::Object& annotations, const RolloutSize& size) {
  annotations[kDesiredReplicas] = std::to_string(size.replicas);
  annotations[kMaxReplicas] = std::to_string(size.replicas + size.surge);
}

// The revisions that a set had before it became the newest again.
std::string longer_history(std::string_view history, std::string_view revision) {
  if (history.empty()) return std::string(revision);
  auto parts = split(history, ',');
  auto length = history.size() + revision.size() + 1;
  auto first = parts.begin();
  for (; length > kLongestHistory && first != parts.end(); ++first) length -= first->size() + 1;
  std::vector<std::string> kept(first, parts.end());
  kept.emplace_back(revision);
  return join(kept, ",");
}

}  // namespace

RolloutSet read_rollout_set(ObjectPtr set) {
  RolloutSet read;
  read.name = name_of(*set);
  read.uid = uid_of(*set);
  read.wanted = int_at(*set, {"spec", "replicas"});
  read.replicas = int_at(*set, {"status", "replicas"});
  read.ready = int_at(*set, {"status", "readyReplicas"});
  read.available = int_at(*set, {"status", "availableReplicas"});
  read.terminating = int_at(*set, {"status", "terminatingReplicas"});
  read.revision = count_in(*set, kRevision).value_or(0);
  read.desired = count_in(*set, kDesiredReplicas);
  read.most = count_in(*set, kMaxReplicas);
  read.created = text_at(*set, {"metadata", "creationTimestamp"});
  read.settled = read.wanted == 0 && read.replicas == 0 && !being_deleted(*set) &&
                 int_at(*set, {"metadata", "generation"}) <= int_at(*set, {"status", "observedGeneration"});
  read.object = std::move(set);
  return read;
}

std::vector<RolloutSet> read_rollout_sets(const std::vector<Stored>& sets) {
  std::vector<RolloutSet> read;
  read.reserve(sets.size());
  for (const auto& set : sets) read.push_back(read_rollout_set(set.object));
  std::ranges::sort(read, {}, [](const RolloutSet& set) { return std::tie(set.created, set.name); });
  return read;
}

bool same_template(const json::Object& deployment, const json::Object& set) {
  const auto plain = [](const json::Object& object) {
    auto pod = map_at(object, {"spec", "template"});
    auto& metadata = child(pod, "metadata");
    auto& labels = child(metadata, "labels");
    labels.erase(kTemplateHash);
    if (labels.empty()) metadata.erase("labels");
    return pod;
  };
  return plain(deployment) == plain(set);
}

const RolloutSet* find_new_set(const json::Object& deployment, const std::vector<RolloutSet>& sets) {
  const auto found =
      std::ranges::find_if(sets, [&](const RolloutSet& set) { return same_template(deployment, *set.object); });
  return found == sets.end() ? nullptr : &*found;
}

RolloutSize rollout_size(const json::Object& deployment) {
  RolloutSize size;
  size.replicas = int_at(deployment, {"spec", "replicas"});
  size.rolling = text_at(deployment, {"spec", "strategy", "type"}) == "RollingUpdate";
  if (!size.rolling) return size;
  const auto& rolling = map_at(deployment, {"spec", "strategy", "rollingUpdate"});
  size.surge = part_of(rolling, "maxSurge", size.replicas, true);
  size.unavailable = part_of(rolling, "maxUnavailable", size.replicas, false);
  // Rounded down, nothing might ever move.
  if (size.surge == 0 && size.unavailable == 0) size.unavailable = 1;
  size.unavailable = std::min(size.unavailable, size.replicas);
  return size;
}

json::Object new_replica_set(const json::Object& deployment, std::int64_t replicas, std::int64_t revision) {
  auto pod = map_at(deployment, {"spec", "template"});
  const auto hash = hash_of(pod, int_at(deployment, {"status", "collisionCount"}));
  child(child(pod, "metadata"), "labels")[kTemplateHash] = hash;
  auto selector = map_at(deployment, {"spec", "selector"});
  child(selector, "matchLabels")[kTemplateHash] = hash;
  constexpr std::size_t kLongestName = 253;
  const auto name = std::string(name_of(deployment)).substr(0, kLongestName - 1 - hash.size());
  json::Object annotations;
  copy_annotations(annotations, deployment);
  annotations[kRevision] = std::to_string(revision);
  note_size(annotations, rollout_size(deployment));
  json::Object metadata{{"name", fmt::format("{}-{}", name, hash)}, {"namespace", namespace_of(deployment)}};
  metadata["labels"] = map_at(pod, {"metadata", "labels"});
  metadata["annotations"] = std::move(annotations);
  metadata["ownerReferences"] = json::Array{controller_reference("apps/v1", "Deployment", deployment)};
  json::Object spec{{"replicas", replicas}, {"selector", std::move(selector)}, {"template", std::move(pod)}};
  if (const auto seconds = int_at(deployment, {"spec", "minReadySeconds"}); seconds != 0)
    spec["minReadySeconds"] = seconds;
  return {{"metadata", std::move(metadata)}, {"spec", std::move(spec)}};
}

json::Object resized(const json::Object& set, std::int64_t replicas, const RolloutSize& size) {
  auto now = set;
  child(now, "spec")["replicas"] = replicas;
  note_size(child(child(now, "metadata"), "annotations"), size);
  return now;
}

json::Object as_newest(const json::Object& set, const json::Object& deployment, std::int64_t revision) {
  auto now = set;
  auto& annotations = child(child(now, "metadata"), "annotations");
  copy_annotations(annotations, deployment);
  const std::string before(text_at(set, {"metadata", "annotations", kRevision}));
  if (parse_int(before).value_or(0) < revision) {
    annotations[kRevision] = std::to_string(revision);
    if (!before.empty())
      annotations[kRevisionHistory] =
          longer_history(text_at(set, {"metadata", "annotations", kRevisionHistory}), before);
  }
  const auto seconds = int_at(deployment, {"spec", "minReadySeconds"});
  if (seconds == 0) {
    child(now, "spec").erase("minReadySeconds");
  } else {
    child(now, "spec")["minReadySeconds"] = seconds;
  }
  return now;
}

}  // namespace fairway::kube_api
