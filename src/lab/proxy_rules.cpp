#include "lab/proxy_rules.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::lab {

namespace {

constexpr std::string_view kDelete = "delete";
constexpr std::string_view kTable = "ip fairway-proxy";
// The mark that asks for the node's own address as the source, so that answers come back through this node.
constexpr std::string_view kAskMasquerade = "meta mark set meta mark or 0x4000";

class Builder {
 public:
  void add(const ServicePort& port) {
    port_ = &port;
    name_ = fmt::format("{}/{}/{}", port.service, port.protocol, port.port);
    if (port.endpoints.empty()) {
      refuse();
      return;
    }
    const bool has_local_chain = port.external_local || port.internal_local;
    const std::vector<EndpointTarget> local = local_endpoints();
    for (const EndpointTarget& target : port.endpoints) add_endpoint(target);
    if (has_local_chain && !local.empty() && !local.front().ready) {
      for (const EndpointTarget& target : local) add_endpoint(target);
    }
    add_choice("s/" + name_, port.endpoints);
    if (has_local_chain) add_choice("l/" + name_, local);
    for (const std::string& ip : port.cluster_ips)
      look_up(ip, port.port, (port.internal_local ? "l/" : "s/") + name_);
    if (port.node_port == 0 && port.external_ips.empty() && port.load_balancer_ips.empty()) return;
    add_external();
    for (const std::string& ip : port.external_ips) look_up(ip, port.port, "x/" + name_);
    if (port.node_port != 0)
      rules_.elements["node-ports"][fmt::format("{} . {}", port.protocol, port.node_port)] = "goto x/" + name_;
    add_load_balancer();
  }

  Ruleset take() { return std::move(rules_); }

 private:
  [[nodiscard]] std::vector<EndpointTarget> local_endpoints() const {
    std::vector<EndpointTarget> local;
    for (const EndpointTarget& target : port_->endpoints) {
      if (target.local) local.push_back(target);
    }
    return local.empty() ? port_->local_fallback : local;
  }

  [[nodiscard]] std::string endpoint_name(const EndpointTarget& target) const {
    return fmt::format("{}/{}/{}", name_, target.address, target.port);
  }

  void look_up(const std::string& ip, std::uint16_t port, const std::string& chain) {
    rules_.elements["services"][fmt::format("{} . {} . {}", ip, port_->protocol, port)] = "goto " + chain;
  }

  void refuse() {
    const auto refuse_at = [this](const std::vector<std::string>& ips) {
      for (const std::string& ip : ips)
        rules_.elements["refused"][fmt::format("{} . {} . {}", ip, port_->protocol, port_->port)] = "";
    };
    refuse_at(port_->cluster_ips);
    refuse_at(port_->external_ips);
    refuse_at(port_->load_balancer_ips);
    if (port_->node_port != 0)
      rules_.elements["refused-ports"][fmt::format("{} . {}", port_->protocol, port_->node_port)] = "";
  }

  void add_endpoint(const EndpointTarget& target) {
    const std::string name = endpoint_name(target);
    std::vector<std::string> rules;
    // A pod that reaches itself through its Service must not see its own address as the peer.
    rules.push_back(fmt::format("ip saddr {} {}", target.address, kAskMasquerade));
    if (port_->affinity_seconds) {
      rules_.sets["a/" + name] =
          fmt::format("type ipv4_addr; flags dynamic,timeout; timeout {}s;", *port_->affinity_seconds);
      rules.push_back(fmt::format("update @a/{} {{ ip saddr }}", name));
    }
    rules.push_back(fmt::format("meta l4proto {} dnat to {}:{}", port_->protocol, target.address, target.port));
    rules_.chains["e/" + name] = std::move(rules);
  }

  void add_choice(const std::string& chain, const std::vector<EndpointTarget>& targets) {
    std::vector<std::string> rules;
    if (targets.empty()) {
      rules.emplace_back("drop");
    } else {
      std::vector<std::string> ways;
      for (const EndpointTarget& target : targets) {
        const std::string name = endpoint_name(target);
        if (port_->affinity_seconds) rules.push_back(fmt::format("ip saddr @a/{0} goto e/{0}", name));
        ways.push_back(fmt::format("{} : goto e/{}", ways.size(), name));
      }
      rules.push_back(fmt::format("numgen random mod {} vmap {{ {} }}", ways.size(), join(ways, ", ")));
    }
    rules_.chains[chain] = std::move(rules);
  }

  // Traffic from outside: with the policy Local it keeps its source address and stays on this node; pods and the node
  // itself are inside and reach every endpoint.
  void add_external() {
    if (!port_->external_local) {
      rules_.chains["x/" + name_] = {std::string(kAskMasquerade), "goto s/" + name_};
      return;
    }
    rules_.chains["x/" + name_] = {
        "ip saddr @pods goto s/" + name_,
        fmt::format("fib saddr type local {} goto s/{}", kAskMasquerade, name_),
        "goto l/" + name_,
    };
  }

  void add_load_balancer() {
    if (port_->load_balancer_ips.empty()) return;
    std::string chain = "x/" + name_;
    if (!port_->source_ranges.empty()) {
      chain = "b/" + name_;
      rules_.chains[chain] = {fmt::format("ip saddr != {{ {} }} drop", join(port_->source_ranges, ", ")),
                              "goto x/" + name_};
    }
    for (const std::string& ip : port_->load_balancer_ips) look_up(ip, port_->port, chain);
  }

  const ServicePort* port_ = nullptr;
  std::string name_;
  Ruleset rules_;
};

std::string skeleton(const NodeNetwork& node) {
  return fmt::format(R"(add table {0}
{3} table {0}
table {0} {{
  map services {{ type ipv4_addr . inet_proto . inet_service : verdict; }}
  map node-ports {{ type inet_proto . inet_service : verdict; }}
  set refused {{ type ipv4_addr . inet_proto . inet_service; }}
  set refused-ports {{ type inet_proto . inet_service; }}
  set pods {{ type ipv4_addr; flags interval; elements = {{ {1} }} }}
  set all-pods {{ type ipv4_addr; flags interval; elements = {{ {2} }} }}
  chain dispatch {{
    ip daddr . meta l4proto . th dport vmap @services
    fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @node-ports
  }}
  chain prerouting {{
    type nat hook prerouting priority dstnat;
    jump dispatch
  }}
  chain output {{
    type nat hook output priority -100;
    jump dispatch
  }}
  chain postrouting {{
    type nat hook postrouting priority srcnat;
    meta mark and 0x4000 == 0x4000 masquerade
    ip saddr @pods ip daddr != @all-pods ip daddr != 224.0.0.0/4 masquerade fully-random
    ip saddr != @all-pods ip daddr @all-pods ip daddr != @pods masquerade fully-random
  }}
  chain refuse {{
    ip daddr . meta l4proto . th dport @refused reject
    fib daddr type local meta l4proto . th dport @refused-ports reject
  }}
  chain input {{
    type filter hook input priority filter;
    ct state new jump refuse
  }}
  chain forward {{
    type filter hook forward priority filter;
    ct state new jump refuse
  }}
  chain own {{
    type filter hook output priority filter;
    ct state new jump refuse
  }}
}}
)",
                     kTable, node.pod_cidr, node.cluster_cidr, kDelete);
}

template <class Map, class Add>
void each_missing(const Map& from, const Map& in, const Add& add) {
  for (const auto& [key, value] : from) {
    const auto other = in.find(key);
    if (other == in.end() || other->second != value) add(key, value);
  }
}

std::string element(std::string_view verb, const std::string& set, const std::string& key, const std::string& value) {
  return fmt::format("{} element {} {} {{ {}{}{} }}\n", verb, kTable, set, key, value.empty() ? "" : " : ", value);
}

void change_elements(std::string& out, const Ruleset& now, const Ruleset& wanted) {
  static const std::map<std::string, std::string> kNone;
  const auto of = [](const Ruleset& rules, const std::string& set) -> const auto& {
    const auto found = rules.elements.find(set);
    return found == rules.elements.end() ? kNone : found->second;
  };
  for (const std::string set : {"services", "node-ports", "refused", "refused-ports"}) {
    each_missing(of(now, set), of(wanted, set),
                 [&](const auto& key, const auto& value) { out += element(kDelete, set, key, value); });
    each_missing(of(wanted, set), of(now, set),
                 [&](const auto& key, const auto& value) { out += element("add", set, key, value); });
  }
}

}  // namespace

Ruleset proxy_rules(const std::vector<ServicePort>& ports) {
  Builder builder;
  for (const ServicePort& port : ports) builder.add(port);
  return builder.take();
}

std::string proxy_commands(const NodeNetwork& node, const Ruleset* now, const Ruleset& wanted) {
  static const Ruleset kEmpty;
  std::string out = now == nullptr ? skeleton(node) : "";
  const Ruleset& old = now == nullptr ? kEmpty : *now;
  // Chains whose rules changed are emptied first, so that the sets they use can go and come.
  for (const auto& [name, rules] : old.chains) {
    const auto kept = wanted.chains.find(name);
    if (kept == wanted.chains.end() || kept->second != rules) out += fmt::format("flush chain {} {}\n", kTable, name);
  }
  std::string last;
  each_missing(old.sets, wanted.sets, [&](const auto& name, const auto&) {
    (wanted.sets.contains(name) ? out : last) += fmt::format("{} set {} {}\n", kDelete, kTable, name);
  });
  each_missing(wanted.sets, old.sets, [&](const auto& name, const auto& definition) {
    out += fmt::format("add set {} {} {{ {} }}\n", kTable, name, definition);
  });
  each_missing(wanted.chains, old.chains,
               [&](const auto& name, const auto&) { out += fmt::format("add chain {} {}\n", kTable, name); });
  each_missing(wanted.chains, old.chains, [&](const auto& name, const auto& rules) {
    for (const std::string& rule : rules) out += fmt::format("add rule {} {} {}\n", kTable, name, rule);
  });
  change_elements(out, old, wanted);
  for (const auto& [name, rules] : old.chains) {
    if (!wanted.chains.contains(name)) out += fmt::format("{} chain {} {}\n", kDelete, kTable, name);
  }
  return out + last;
}

}  // namespace fairway::lab
