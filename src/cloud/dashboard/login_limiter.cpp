#include "cloud/dashboard/login_limiter.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace fairway::cloud::dashboard {
namespace {

constexpr std::size_t kMaxKnown = 8192;

// "127.0.0.1:40312" -> "127.0.0.1"
std::string_view host_of(std::string_view peer) { return peer.substr(0, peer.rfind(':')); }

std::string pair_key(std::string_view peer, std::string_view user) {
  return fmt::format("{} {}", host_of(peer), user);
}

}  // namespace

LoginLimiter::Allowance& LoginLimiter::allowance(const std::string& key, const Rule& rule) {
  const auto now = clock_.steady();
  auto& found = known_.try_emplace(key, Allowance{rule.most, now}).first->second;
  const double gained = std::chrono::duration<double>(now - found.at) / std::chrono::duration<double>(rule.refill);
  found.left = std::min(rule.most, found.left + gained);
  found.at = now;
  return found;
}

// The old ones, and where that is not enough the fuller half: who has tried the most is remembered longest.
void LoginLimiter::forget_full() {
  const auto now = clock_.steady();
  std::erase_if(known_, [&](const auto& entry) { return now - entry.second.at >= std::chrono::minutes(5); });
  if (known_.size() < kMaxKnown) return;
  std::vector<double> left;
  left.reserve(known_.size());
  for (const auto& entry : known_) left.push_back(entry.second.left);
  const auto middle = left.begin() + static_cast<std::ptrdiff_t>(left.size() / 2);
  std::ranges::nth_element(left, middle);
  std::erase_if(known_, [median = *middle](const auto& entry) { return entry.second.left >= median; });
}

std::optional<Duration> LoginLimiter::begin(std::string_view peer, std::string_view user) {
  constexpr Rule kPair{.most = 5, .refill = std::chrono::seconds(20)},
      kPeer{.most = 40, .refill = std::chrono::seconds(2)};
  if (known_.size() >= kMaxKnown) forget_full();
  auto& of_pair = allowance(pair_key(peer, user), kPair);
  auto& of_peer = allowance(std::string(host_of(peer)), kPeer);
  const auto wait = [](const Allowance& of, const Rule& rule) {
    return of.left >= 1
               ? Duration::zero()
               : std::chrono::duration_cast<Duration>((1 - of.left) * std::chrono::duration<double>(rule.refill));
  };
  const auto longest = std::max(wait(of_pair, kPair), wait(of_peer, kPeer));
  if (longest > Duration::zero()) return longest;
  of_pair.left -= 1;
  of_peer.left -= 1;
  return std::nullopt;
}

void LoginLimiter::succeeded(std::string_view peer, std::string_view user) {
  known_.erase(pair_key(peer, user));
  if (const auto at = known_.find(std::string(host_of(peer))); at != known_.end()) at->second.left += 1;
}

}  // namespace fairway::cloud::dashboard
