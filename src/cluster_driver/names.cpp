#include "cluster_driver/names.h"

#include <cstdint>

#include <fmt/format.h>

namespace fairway::cluster_driver {

namespace {

constexpr std::string_view kDefaultWorkers = "default-worker";
constexpr std::size_t kSuffixLength = 12;

// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14'695'981'039'346'656'037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
  return hash;
}

}  // namespace

std::string Names::worker(const cluster_link::NodeGroupWish& group, std::size_t index) const {
  const bool is_default = group.name.empty() || group.name == kDefaultWorkers;
  return fmt::format("{}-{}-{}", stack_, is_default ? "node" : group.name, index);
}

std::string Names::pool(std::string_view role) const {
  std::uint64_t hash = hash_of(cluster_id_ + "/" + std::string(role));
  std::string suffix;
  while (suffix.size() < kSuffixLength) {
    suffix += "abcdefghijklmnopqrstuvwxyz234567"[hash % 32];
    hash /= 32;
  }
  return fmt::format("{}-{}-{}", stack_, role, suffix);
}

std::string Names::owner_mark(std::string_view role) const {
  return fmt::format("{} of cluster {}", role, cluster_id_);
}

std::string service_mark(std::string_view cluster_id) { return fmt::format(" from cluster {}", cluster_id); }

}  // namespace fairway::cluster_driver
