#include "cloud/container_infra/labels.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/strings.h"
#include "net/address.h"

namespace fairway::cloud::container_infra {
namespace {

enum class LabelType { flag, choice, prefix };

struct LabelRule {
  std::string_view name;
  LabelType type = LabelType::flag;
  std::array<std::string_view, 2> values = {};
  int max_length = 0;  // of a prefix, in bits
};

// A pod network holds a /24 for each node, a service network at least a handful of addresses.
constexpr std::array kKnown{
    LabelRule{"cloud_provider_enabled"},
    LabelRule{"internal_lb"},
    LabelRule{"load_balancer_api", LabelType::choice, {"octavia", "lbaas_v1"}},
    LabelRule{"control_plane", LabelType::choice, {"embedded", "real"}},
    LabelRule{"pod_cidr", LabelType::prefix, {}, 22},
    LabelRule{"service_cidr", LabelType::prefix, {}, 28},
    LabelRule{"flannel_network_cidr", LabelType::prefix, {}, 22},
};

constexpr std::array<std::string_view, 10> kFlags{"true", "false", "yes", "no", "on", "off", "t", "f", "1", "0"};

std::string wrong(const LabelRule& rule, const std::string& value) {
  switch (rule.type) {
    case LabelType::flag:
      return std::ranges::find(kFlags, to_lower(value)) != kFlags.end() ? "" : "it is true or false";
    case LabelType::choice:
      if (std::ranges::find(rule.values, value) != rule.values.end()) return "";
      return fmt::format("it is {}", fmt::join(rule.values, " or "));
    case LabelType::prefix: {
      const auto prefix = net::Prefix::parse(value);
      if (prefix && prefix->is_v4() && prefix->length() <= rule.max_length) return "";
      return fmt::format("it is an IPv4 prefix of at most {} bits, such as 10.100.0.0/16", rule.max_length);
    }
  }
  return "";
}

}  // namespace

Result<> check_labels(const Labels& labels) {
  for (const auto& rule : kKnown) {
    const auto at = labels.find(std::string(rule.name));
    if (at == labels.end()) continue;
    const auto what = wrong(rule, at->second);
    if (!what.empty()) {
      return fail(Errc::invalid, fmt::format("The label {} cannot be '{}': {}. Change it or leave it out.", rule.name,
                                             at->second, what));
    }
  }
  return {};
}

LabelsDiff compare_labels(const Labels& parent, const Labels& own) {
  LabelsDiff diff;
  for (const auto& [key, value] : own) {
    const auto at = parent.find(key);
    if (at == parent.end()) {
      diff.added.emplace(key, value);
    } else if (at->second != value) {
      diff.overridden.emplace(key, at->second);
    }
  }
  for (const auto& [key, value] : parent) {
    if (!own.contains(key)) diff.skipped.emplace(key, value);
  }
  return diff;
}

Labels merge_labels(Labels parent, const Labels& own) {
  for (const auto& [key, value] : own) parent.insert_or_assign(key, value);
  return parent;
}

}  // namespace fairway::cloud::container_infra
