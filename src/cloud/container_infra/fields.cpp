#include "cloud/container_infra/fields.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/container_infra/labels.h"
#include "cloud/container_infra/lookup.h"
#include "json/described.h"
#include "net/address.h"

namespace fairway::cloud::container_infra {
namespace {

constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();

// ^[a-zA-Z][a-zA-Z0-9_.-]*$
bool is_cluster_name(std::string_view text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return false;
  return std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
  });
}

WsmeRule text(std::string_view name, bool required = false) {
  return {.name = name, .type = WsmeType::text, .required = required, .min = 1};
}
WsmeRule flag(std::string_view name) { return {.name = name, .type = WsmeType::boolean}; }
WsmeRule integer(std::string_view name, std::int64_t min, std::int64_t max = kAny) {
  return {.name = name, .type = WsmeType::integer, .min = min, .max = max};
}
WsmeRule cluster_name(std::int64_t longest) {
  return {.name = "name",
          .type = WsmeType::text,
          .min = 1,
          .max = longest,
          .pattern = "^[a-zA-Z][a-zA-Z0-9_.-]*$",
          .fits_pattern = is_cluster_name};
}

std::vector<WsmeRule> make_template_rules() {
  std::vector<WsmeRule> rules{text("name"),
                              {.name = "coe", .type = WsmeType::choice, .required = true, .values = {"kubernetes"}},
                              {.name = "server_type", .type = WsmeType::choice, .values = {"vm", "bm"}},
                              text("image_id", true),
                              text("external_network_id", true),
                              {.name = "tags", .type = WsmeType::text},
                              {.name = "labels", .type = WsmeType::scalar_map},
                              integer("apiserver_port", 1024, 65535),
                              integer("docker_volume_size", 1)};
  for (const auto* name : {"flavor_id", "master_flavor_id", "dns_nameserver", "keypair_id", "fixed_network",
                           "fixed_subnet", "network_driver", "cluster_distro", "http_proxy", "https_proxy",
                           "no_proxy", "volume_driver", "insecure_registry", "docker_storage_driver", "driver"}) {
    rules.push_back(text(name));
  }
  for (const auto* name :
       {"registry_enabled", "tls_disabled", "public", "hidden", "master_lb_enabled", "floating_ip_enabled"}) {
    rules.push_back(flag(name));
  }
  return rules;
}

std::vector<WsmeRule> make_cluster_rules() {
  std::vector<WsmeRule> rules{cluster_name(242),
                              text("cluster_template_id", true),
                              integer("node_count", 0),
                              integer("master_count", 1),
                              integer("docker_volume_size", 1),
                              integer("create_timeout", 0, 60 * 24 * 30),
                              {.name = "labels", .type = WsmeType::scalar_map},
                              flag("merge_labels"),
                              flag("floating_ip_enabled"),
                              flag("master_lb_enabled")};
  for (const auto* name :
       {"keypair", "flavor_id", "master_flavor_id", "fixed_network", "fixed_subnet", "discovery_url"}) {
    rules.push_back(text(name));
  }
  return rules;
}

Result<> check_dns(const std::string& list) {
  for (const auto part : split(list, ',')) {
    if (!net::Address::parse(trim(part))) {
      return fail(Errc::invalid,
                  fmt::format("Expected a single dns address or comma separated dns list, but received {}.", list));
    }
  }
  return {};
}

Result<> check_drivers(const ClusterTemplate& wanted) {
  if (wanted.network_driver.value_or("flannel") != "flannel") {
    return fail(
        Errc::invalid,
        fmt::format("Network driver type {} is not supported, expecting a flannel/unspecified network driver.",
                    *wanted.network_driver));
  }
  if (wanted.volume_driver) {
    return fail(Errc::invalid, fmt::format("Volume driver type {} is not supported, expecting a unspecified volume "
                                           "driver: there is no block storage here.",
                                           *wanted.volume_driver));
  }
  if (wanted.server_type != "vm") {
    return fail(Errc::invalid,
                fmt::format("Server type {} is not supported, expecting a vm server type.", wanted.server_type));
  }
  if (wanted.registry_enabled) {
    return fail(Errc::invalid, "registry_enabled is not offered: clusters here have no registry; leave it out.");
  }
  return {};
}

}  // namespace

WsmeRules template_rules() {
  static const auto kRules = make_template_rules();
  return kRules;
}

WsmeRules cluster_rules() {
  static const auto kRules = make_cluster_rules();
  return kRules;
}

WsmeRules node_group_rules() {
  static const std::vector<WsmeRule> kTaint{text("key"), {.name = "value", .type = WsmeType::text}, text("effect")};
  static const std::vector<WsmeRule> kRules{text("name"),
                                            text("role"),
                                            text("flavor_id"),
                                            text("image_id"),
                                            integer("node_count", 0, 10'000),
                                            integer("min_node_count", 0, 10'000),
                                            integer("max_node_count", 0, 10'000),
                                            integer("docker_volume_size", 1),
                                            {.name = "labels", .type = WsmeType::scalar_map},
                                            {.name = "node_labels", .type = WsmeType::scalar_map},
                                            {.name = "node_taints", .type = WsmeType::object_list, .fields = kTaint},
                                            flag("merge_labels")};
  return kRules;
}

WsmeRules resize_rules() {
  static const std::vector<WsmeRule> kRules{
      {.name = "node_count", .type = WsmeType::integer, .required = true, .min = 0, .max = 10'000},
      {.name = "nodes_to_remove", .type = WsmeType::text_list, .min = 1},
      text("nodegroup")};
  return kRules;
}

Result<ClusterTemplate> fill_template(ClusterTemplate base, const json::Object& checked) {
  auto object = json::encode(base).as_object();
  for (const auto& item : checked) {
    if (item.value().is_null()) continue;
    object.insert_or_assign(item.key() == "public" ? "is_public" : std::string_view(item.key()), item.value());
  }
  return json::decode<ClusterTemplate>(object);
}

Result<> check_template(const State& state, const Caller& caller, const ClusterTemplate& wanted) {
  FW_TRY_DO(check_drivers(wanted));
  FW_TRY_DO(check_labels(wanted.labels));
  if (wanted.dns_nameserver) FW_TRY_DO(check_dns(*wanted.dns_nameserver));
  FW_TRY_DO(check_external_network(state, caller, wanted.external_network_id));
  if (wanted.fixed_network) FW_TRY_DO(check_fixed_network(state, caller, *wanted.fixed_network));
  if (wanted.fixed_subnet) FW_TRY_DO(check_fixed_subnet(state, caller, *wanted.fixed_subnet));
  return {};
}

std::string generated_name(Random& random, std::string_view kind) {
  constexpr std::array<std::string_view, 16> kWords{"amber", "birch", "cedar", "delta", "ember", "fjord",
                                                    "grove", "heron", "inlet", "jetty", "kelp",  "lagoon",
                                                    "mist",  "north", "otter", "pier"};
  std::array<std::byte, 2> bytes{};
  random.fill(bytes);
  return fmt::format("{}-{}-{}", kWords[std::to_integer<unsigned>(bytes[0]) % kWords.size()],
                     std::to_integer<unsigned>(bytes[1]) % 25, kind);
}

Labels labels_of(const json::Object& checked, std::string_view key) {
  Labels labels;
  if (!is_given(checked, key)) return labels;
  for (const auto& item : checked.at(key).as_object()) labels.emplace(item.key(), item.value().as_string());
  return labels;
}

std::optional<std::string> optional_text(const json::Object& checked, std::string_view key) {
  return is_given(checked, key) ? std::optional(std::string(checked.at(key).as_string())) : std::nullopt;
}

std::optional<std::int64_t> optional_integer(const json::Object& checked, std::string_view key) {
  return is_given(checked, key) ? std::optional(checked.at(key).as_int64()) : std::nullopt;
}

}  // namespace fairway::cloud::container_infra
