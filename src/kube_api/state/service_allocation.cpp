#include "kube_api/state/service_allocation.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "kube_api/kinds/service_rules.h"
#include "kube_api/object/addresses.h"
#include "kube_api/object/object_access.h"
#include "net/address.h"

namespace fairway::kube_api {
namespace {

const ResourceName kService{"", "services", "Service"};

ApiError wrong(const json::Object& service, const FieldErrors& errors) {
  return invalid(kService, name_of(service), errors);
}

ApiError wrong_field(const json::Object& service, std::string field, const json::Value& value,
                     const std::string& detail) {
  FieldErrors errors;
  errors.invalid(std::move(field), value, detail);
  return wrong(service, errors);
}

std::uint32_t random_below(Random& random, std::uint32_t bound) {
  std::array<std::byte, 4> bytes{};
  random.fill(bytes);
  std::uint32_t value = 0;
  for (const auto byte : bytes) value = value << 8 | std::to_integer<std::uint32_t>(byte);
  return bound == 0 ? 0 : value % bound;
}

// The lower part of a range is left for those who choose for themselves.
std::uint32_t reserved_part(std::uint32_t size, std::uint32_t min, std::uint32_t max, std::uint32_t step) {
  if (size <= min) return 0;
  return std::clamp(size / step, min, max);
}

// On create and on update: the list follows the single field where only that was given.
void follow_cluster_ip(json::Object& spec, const json::Object* before) {
  const std::string ip(text_at(spec, {"clusterIP"}));
  const bool listed = !list_at(spec, {"clusterIPs"}).empty();
  if (before == nullptr) {
    if (!ip.empty() && !listed) spec["clusterIPs"] = json::Array{json::Value(ip)};
    return;
  }
  const auto& old = map_at(*before, {"spec"});
  const auto old_ip = text_at(old, {"clusterIP"});
  if (!list_at(old, {"clusterIPs"}).empty() && !listed && ip == old_ip) copy_member(spec, old, "clusterIPs");
  if (ip == old_ip) return;
  const bool same_list = member_or_null(spec, "clusterIPs") == member_or_null(old, "clusterIPs");
  if (!same_list) return;
  if (ip.empty()) {
    spec.erase("clusterIPs");
  } else {
    spec["clusterIPs"] = json::Array{json::Value(ip)};
  }
}

bool has_node_port(const json::Object& service, std::int64_t number) {
  return std::ranges::any_of(list_at(service, {"spec", "ports"}),
                             [&](const auto& port) { return json::int_or(port, "nodePort") == number; });
}

bool fills_node_ports(const json::Object& service) { return allocates_node_ports(service); }

// A replace that leaves out what was given earlier keeps it.
void keep_allocated(json::Object& now, const json::Object& before) {
  auto& spec = child(now, "spec");
  const auto& old = map_at(before, {"spec"});
  if (service_type(before) != "ExternalName" && service_type(now) != "ExternalName") {
    if (text_at(spec, {"clusterIP"}).empty()) copy_member(spec, old, "clusterIP");
    if (list_at(spec, {"clusterIPs"}).empty()) copy_member(spec, old, "clusterIPs");
  }
  if (fills_node_ports(before) && fills_node_ports(now) && spec.contains("ports")) {
    std::map<std::string, std::int64_t> by_name;
    for (const auto& port : list_at(old, {"ports"}))
      by_name[std::string(text_in(port, "name"))] = json::int_or(port, "nodePort");
    std::set<std::int64_t> given;  // what the client itself said
    for (const auto& port : list_at(spec, {"ports"})) given.insert(json::int_or(port, "nodePort"));
    for (auto& item : spec["ports"].as_array()) {
      auto& port = item.as_object();
      const auto known = by_name.find(std::string(text_at(port, {"name"})));
      if (int_at(port, {"nodePort"}) != 0 || known == by_name.end() || known->second == 0) continue;
      if (!given.contains(known->second)) port["nodePort"] = known->second;
    }
  }
  if (needs_health_port(before) && needs_health_port(now) && int_at(spec, {"healthCheckNodePort"}) == 0)
    copy_member(spec, old, "healthCheckNodePort");
}

}  // namespace

std::string ServiceRanges::cidr() const { return fmt::format("{}/{}", net::Address::v4(network).text(), prefix); }

Result<ServiceRanges> parse_ranges(const std::string& cidr, std::uint16_t port_min, std::uint16_t port_max) {
  const auto parsed = net::Prefix::parse(cidr);
  if (!parsed || !parsed->is_v4() || parsed->length() > 29 || parsed->length() < 8) {
    return fail(
        Errc::invalid,
        fmt::format("service_cluster_ip_range {}: not an IPv4 range between /8 and /29, as 10.96.0.0/16 is", cidr));
  }
  if (port_min == 0 || port_max < port_min)
    return fail(Errc::invalid, fmt::format("node ports {}-{}: not a range", port_min, port_max));
  return ServiceRanges{parsed->network().to_v4(), parsed->length(), port_min, port_max};
}

struct ServiceAllocation::Taken {
  std::set<std::uint32_t> ips;
  std::set<std::int64_t> ports;
};

struct ServiceAllocation::Work {
  json::Object& service;
  const json::Object* before;
  Taken taken;
  Hold hold;
  bool dry_run;
  json::Object& spec() const { return child(service, "spec"); }
};

ServiceAllocation::Hold& ServiceAllocation::Hold::operator=(Hold&& other) noexcept {
  release();
  owner_ = std::exchange(other.owner_, nullptr);
  ips_ = std::move(other.ips_);
  ports_ = std::move(other.ports_);
  return *this;
}

void ServiceAllocation::Hold::release() {
  if (owner_ == nullptr) return;
  for (const auto ip : ips_) owner_->held_ips_.erase(owner_->held_ips_.find(ip));
  for (const auto port : ports_) owner_->held_ports_.erase(owner_->held_ports_.find(port));
  owner_ = nullptr;
}

ServiceAllocation::Taken ServiceAllocation::taken() const {
  Taken taken{{held_ips_.begin(), held_ips_.end()}, {held_ports_.begin(), held_ports_.end()}};
  for (const auto& item : objects_.list("services")) {
    for (const auto& ip : list_at(*item.object, {"spec", "clusterIPs"})) {
      const auto address = net::Address::parse(std::string_view(ip.as_string()));
      if (address && address->is_v4()) taken.ips.insert(address->to_v4());
    }
    for (const auto& port : list_at(*item.object, {"spec", "ports"}))
      taken.ports.insert(json::int_or(port, "nodePort"));
    taken.ports.insert(int_at(*item.object, {"spec", "healthCheckNodePort"}));
  }
  taken.ports.erase(0);
  return taken;
}

ApiResult<> ServiceAllocation::init_families(Work& work) {
  auto& spec = work.spec();
  if (service_type(work.service) == "ExternalName") return {};
  if (!spec.contains("ipFamilyPolicy")) {
    const auto* old = work.before == nullptr ? nullptr : at(*work.before, {"spec", "ipFamilyPolicy"});
    const bool bare = text_at(spec, {"clusterIP"}) == "None" && map_at(spec, {"selector"}).empty();
    spec["ipFamilyPolicy"] = old != nullptr ? *old : json::Value(bare ? "RequireDualStack" : "SingleStack");
  }
  if (const auto errors = check_cluster_ip_fields(work.service, work.before); !errors.empty())
    return refuse(wrong(work.service, errors));
  FieldErrors errors;
  const auto policy = text_at(spec, {"ipFamilyPolicy"});
  const auto& ips = list_at(spec, {"clusterIPs"});
  if (policy == "SingleStack" && ips.size() == 2) {
    errors.invalid("spec.ipFamilyPolicy", json::Value(policy),
                   "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified");
  }
  if (policy == "SingleStack" && list_at(spec, {"ipFamilies"}).size() == 2) {
    errors.invalid("spec.ipFamilyPolicy", json::Value(policy),
                   "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified");
  }
  json::Array families = list_at(spec, {"ipFamilies"});
  for (std::size_t i = 0; i < ips.size() && ips[i] != "None"; ++i) {
    if (i < families.size()) continue;
    if (is_ipv6(ips[i].as_string())) {
      errors.invalid(fmt::format("spec.clusterIPs[{}]", i), ips, "IPv6 is not configured on this cluster");
    } else {
      families.push_back("IPv4");
    }
  }
  if (!errors.empty()) return refuse(wrong(work.service, errors));
  if (text_at(spec, {"clusterIP"}) == "None" && map_at(spec, {"selector"}).empty()) {
    // Its addresses are the user's own affair, so any family will do.
    if (families.empty()) families.push_back("IPv4");
    if (families.size() < 2 && policy != "SingleStack") families.push_back(families[0] == "IPv4" ? "IPv6" : "IPv4");
    spec["ipFamilies"] = std::move(families);
    return {};
  }
  if (policy == "RequireDualStack")
    errors.invalid("spec.ipFamilyPolicy", json::Value(policy),
                   "this cluster is not configured for dual-stack services");
  for (std::size_t i = 0; i < families.size(); ++i) {
    if (families[i] == "IPv6")
      errors.invalid(fmt::format("spec.ipFamilies[{}]", i), families[i], "not configured on this cluster");
  }
  if (!errors.empty()) return refuse(wrong(work.service, errors));
  if (families.empty()) families.push_back("IPv4");
  spec["ipFamilies"] = std::move(families);
  return {};
}

ApiResult<> ServiceAllocation::take_ip(Work& work, const std::string& ip) {
  const auto address = net::Address::parse(ip);
  const auto refused = [&](const std::string& why) {
    return refuse(wrong_field(work.service, "spec.clusterIPs", list_at(work.spec(), {"clusterIPs"}),
                              fmt::format("failed to allocate IP {}: {}", ip, why)));
  };
  const auto size = std::uint32_t{1} << (32 - ranges_.prefix);
  const auto offset = address && address->is_v4() ? address->to_v4() - ranges_.network : 0;
  if (offset == 0 || offset >= size - 1) {
    // The real server judges a dry run by the range alone, in other words.
    return refused(work.dry_run
                       ? fmt::format("the provided IP ({}) is not in the valid range. The range of valid IPs is {}",
                                     ip, ranges_.cidr())
                       : "the provided network does not match the current range");
  }
  if (work.taken.ips.contains(address->to_v4())) return refused("provided IP is already allocated");
  if (!work.dry_run) work.hold.ips_.push_back(*held_ips_.insert(address->to_v4()));
  return {};
}

ApiResult<> ServiceAllocation::allocate_ips(Work& work) {
  auto& spec = work.spec();
  if (service_type(work.service) == "ExternalName" || is_headless(work.service)) return {};
  const auto& chosen = list_at(spec, {"clusterIPs"});
  if (!chosen.empty()) return take_ip(work, std::string(chosen[0].as_string()));
  const auto size = (std::uint32_t{1} << (32 - ranges_.prefix)) - 2;  // without network and broadcast
  const auto reserved = reserved_part(size, 16, 256, 16);
  const auto upper = size - reserved;
  const auto start = random_below(random_, upper);
  for (std::uint32_t i = 0; i < size; ++i) {
    const auto place = i < upper ? reserved + (start + i) % upper : i - upper;
    const auto ip = ranges_.network + 1 + place;
    if (work.taken.ips.contains(ip)) continue;
    const auto text = net::Address::v4(ip).text();
    if (name_of(work.service).empty() && !work.dry_run) {
      // The real server books each address under its Service's name, and says so before it looks at the name itself.
      const auto why = fmt::format(
          "failed to allocate IP: IPAddress.networking.k8s.io \"{}\" is invalid: spec.parentRef.name: Required value",
          text);
      return refuse(wrong_field(work.service, "spec.clusterIPs", json::Array{""}, why));
    }
    spec["clusterIP"] = text;
    spec["clusterIPs"] = json::Array{json::Value(text)};
    if (!work.dry_run) work.hold.ips_.push_back(*held_ips_.insert(ip));
    return {};
  }
  return refuse(internal_error(
      fmt::format("failed to allocate a serviceIP for Service {}: range is full", in_quotes(name_of(work.service)))));
}

std::string ServiceAllocation::take_port(Work& work, std::int64_t port) {
  // As there, a dry run takes any number that is free.
  if (!work.dry_run && (port < ranges_.node_port_min || port > ranges_.node_port_max)) {
    return fmt::format("provided port is not in the valid range. The range of valid ports is {}-{}",
                       ranges_.node_port_min, ranges_.node_port_max);
  }
  if (!work.taken.ports.insert(port).second) return "provided port is already allocated";
  if (!work.dry_run) work.hold.ports_.push_back(*held_ports_.insert(static_cast<std::uint16_t>(port)));
  return "";
}

std::optional<std::int64_t> ServiceAllocation::next_port(Work& work) {
  const std::uint32_t size = static_cast<std::uint32_t>(ranges_.node_port_max - ranges_.node_port_min) + 1;
  const auto reserved = reserved_part(size, 16, 128, 32);
  const auto upper = size - reserved;
  const auto start = random_below(random_, upper);
  for (std::uint32_t i = 0; i < size; ++i) {
    const auto place = i < upper ? reserved + (start + i) % upper : i - upper;
    const auto port = std::int64_t{ranges_.node_port_min} + place;
    if (work.taken.ports.contains(port)) continue;
    if (take_port(work, port).empty()) return port;
  }
  return std::nullopt;
}

namespace {

// What a port asks for, or else another port of the same number: TCP and UDP share one node port.
std::int64_t asked_node_port(const json::Array& ports, std::int64_t number, std::int64_t wanted) {
  for (const auto& other : ports) {
    if (wanted == 0 && json::int_or(other, "port") == number) wanted = json::int_or(other, "nodePort");
  }
  return wanted;
}

}  // namespace

ApiResult<> ServiceAllocation::node_ports_for_create(Work& work) {
  auto& spec = work.spec();
  if (!needs_node_ports(work.service) || !spec.contains("ports")) return {};
  std::map<std::int64_t, std::int64_t> by_port;  // one number for TCP and UDP of the same port
  auto& ports = spec["ports"].as_array();
  for (std::size_t i = 0; i < ports.size(); ++i) {
    auto& port = ports[i].as_object();
    const auto number = int_at(port, {"port"}), wanted = int_at(port, {"nodePort"});
    if (wanted == 0 && !allocates_node_ports(work.service)) continue;
    auto& given = by_port[number];
    std::string why;
    const auto asked = given == 0 ? asked_node_port(ports, number, wanted) : wanted;
    if (given == 0 && asked == 0) {
      const auto next = next_port(work);
      if (!next) return refuse(internal_error("failed to allocate a nodePort: range is full"));
      given = *next;
    } else if (given == 0) {
      why = take_port(work, asked);
      given = asked;
    } else if (wanted != 0 && wanted != given) {
      why = take_port(work, wanted);
    }
    if (wanted == 0) port["nodePort"] = given;
    if (!why.empty()) return refuse(wrong_field(work.service, fmt::format("spec.ports[{}].nodePort", i), asked, why));
  }
  return {};
}

ApiResult<> ServiceAllocation::node_ports_for_update(Work& work, const json::Object& before) {
  auto& spec = work.spec();
  if (!needs_node_ports(work.service) || !spec.contains("ports")) return {};
  std::set<std::pair<std::string, std::int64_t>> seen;
  auto& ports = spec["ports"].as_array();
  for (std::size_t i = 0; i < ports.size(); ++i) {
    auto& port = ports[i].as_object();
    auto number = int_at(port, {"nodePort"});
    if (number == 0 && !allocates_node_ports(work.service)) continue;
    const bool own = has_node_port(before, number) ||
                     std::ranges::any_of(seen, [&](const auto& other) { return other.second == number; });
    if (number == 0) {
      const auto next = next_port(work);
      if (!next) return refuse(internal_error("failed to allocate a nodePort: range is full"));
      number = *next;
      port["nodePort"] = number;
    } else if (!own) {
      const auto why = take_port(work, number);
      if (!why.empty())
        return refuse(wrong_field(work.service, fmt::format("spec.ports[{}].nodePort", i), number, why));
    }
    const std::string protocol(text_at(port, {"protocol"}));
    if (!seen.emplace(protocol, number).second) {
      return refuse({500, "", fmt::format("duplicate nodePort: {{{} {}}}", protocol, number), nullptr});
    }
  }
  return {};
}

ApiResult<> ServiceAllocation::health_port(Work& work) {
  if (!needs_health_port(work.service)) return {};
  if (work.before != nullptr && needs_health_port(*work.before)) return {};
  auto& spec = work.spec();
  if (const auto wanted = int_at(spec, {"healthCheckNodePort"}); wanted != 0) {
    const auto why = take_port(work, wanted);
    if (!why.empty())
      return refuse(
          internal_error(fmt::format("failed to allocate requested HealthCheck NodePort {}: {}", wanted, why)));
    return {};
  }
  const auto next = next_port(work);
  if (!next) return refuse(internal_error("failed to allocate a HealthCheck NodePort 0: range is full"));
  spec["healthCheckNodePort"] = *next;
  return {};
}

ApiResult<ServiceAllocation::Hold> ServiceAllocation::for_create(json::Object& service, bool dry_run) {
  Work work{service, nullptr, taken(), Hold(*this), dry_run};
  follow_cluster_ip(work.spec(), nullptr);
  if (auto done = init_families(work); !done) return refuse(done.error());
  if (auto done = allocate_ips(work); !done) return refuse(done.error());
  if (auto done = node_ports_for_create(work); !done) return refuse(done.error());
  if (auto done = health_port(work); !done) return refuse(done.error());
  return std::move(work.hold);
}

ApiResult<ServiceAllocation::Hold> ServiceAllocation::for_update(json::Object& service, const json::Object& before,
                                                                 bool dry_run) {
  Work work{service, &before, taken(), Hold(*this), dry_run};
  keep_allocated(service, before);
  follow_cluster_ip(work.spec(), &before);
  if (auto done = init_families(work); !done) return refuse(done.error());
  if (service_type(before) == "ExternalName") {
    if (auto done = allocate_ips(work); !done) return refuse(done.error());
  }
  if (auto done = node_ports_for_update(work, before); !done) return refuse(done.error());
  if (auto done = health_port(work); !done) return refuse(done.error());
  return std::move(work.hold);
}

}  // namespace fairway::kube_api
