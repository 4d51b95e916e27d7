#include "cleanup/belongings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "controller/desired.h"

namespace fairway::cleanup {

namespace {

namespace lbaas_v1 = controller::lbaas_v1;

constexpr std::string_view kServiceTag = "kube_service_";
constexpr std::string_view kKubernetes = "Kubernetes ", kFromCluster = " from cluster ";
constexpr std::string_view kAnyFloatingIp = "Floating IP for Kubernetes ";

std::string identity_in(std::string_view tag) {
  const std::string prefix = controller::cluster_tag("");
  return tag.starts_with(prefix) ? std::string(tag.substr(prefix.size())) : "";
}

// `a` and a Service's UID without dashes, cut to 32 characters.
bool is_uid_name(std::string_view name) {
  constexpr std::size_t kLength = 32;
  return name.size() == kLength && name.starts_with('a') &&
         name.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
}

enum class Whose { nobodys, ours, shared, others, unsure };

class Decision {
 public:
  Decision(const Owner& owner, const Inventory& all)
      : owner_(owner),
        all_(all),
        unique_(is_uuid(owner.cluster_name)),
        prefix_(fmt::format("{}{}_", kServiceTag, owner.cluster_name)),
        suffix_(std::string(kFromCluster) + owner.cluster_name) {
    for (const Port& port : all.ports) {
      if (is_host(port)) host_addresses_.insert(port.addresses.begin(), port.addresses.end());
      if (owner.network_is_own || is_host(port)) cluster_ports_.insert(port.id);
      if (owner.network_is_own) own_subnets_.insert(port.subnet_ids.begin(), port.subnet_ids.end());
    }
    find_ambiguity();
  }

  Belongings run() {
    for (const Balancer& balancer : all_.balancers) sort(balancer);
    sort_v1();
    for (const FloatingIp& one : all_.floating_ips) sort(one);
    for (const SecurityGroup& one : all_.security_groups) sort(one);
    for (const Port& port : all_.ports) {
      // One with an owner is that one's business: a server, a router, a load balancer.
      const bool stray = owner_.network_is_own && port.network_id == owner_.network_id && port.device_owner.empty();
      if (stray || is_host(port)) found_.ports.push_back(port);
    }
    return std::move(found_);
  }

 private:
  const Owner& owner_;
  const Inventory& all_;
  const bool unique_;
  const std::string prefix_, suffix_;
  std::set<std::string> host_addresses_, cluster_ports_, own_subnets_, vip_ports_, shared_vip_ports_;
  Belongings found_;

  [[nodiscard]] bool is_host(const Port& port) const {
    return !owner_.host_prefix.empty() && port.name.starts_with(owner_.host_prefix);
  }
  // The names of Services' objects count.
  [[nodiscard]] bool with_services() const { return !owner_.cluster_name.empty(); }

  [[nodiscard]] bool describes(std::string_view description, std::string_view begin, std::string_view end) const {
    return with_services() && description.starts_with(begin) && description.ends_with(end);
  }
  [[nodiscard]] bool is_named(const Balancer& balancer) const {
    if (!with_services()) return false;
    if (describes(balancer.description, kKubernetes, suffix_)) return true;
    // A shorter name can be the beginning of another's.
    return unique_ && balancer.name.starts_with(prefix_);
  }
  [[nodiscard]] bool is_our_tag(std::string_view tag) const { return with_services() && tag.starts_with(prefix_); }

  void find_ambiguity() {
    if (unique_ || !owner_.identities.empty()) return;
    std::set<std::string> seen;
    for (const Balancer& balancer : all_.balancers) {
      if (!is_named(balancer)) continue;
      for (const std::string& tag : balancer.tags) {
        if (const std::string identity = identity_in(tag); !identity.empty()) seen.insert(identity);
      }
    }
    if (seen.size() > 1) found_.ambiguous = std::move(seen);
  }

  // Whether what has nothing but the cluster's name is the cluster's.
  [[nodiscard]] bool name_proves() const {
    return unique_ || (owner_.identities.empty() && found_.ambiguous.empty());
  }
  [[nodiscard]] std::string why_unsure() const {
    return fmt::format("has the name {} and no identity; another cluster may be called so", owner_.cluster_name);
  }

  [[nodiscard]] Whose by_identity(const Balancer& balancer) const {
    bool foreign = false;
    for (const std::string& tag : balancer.tags) {
      const std::string identity = identity_in(tag);
      if (owner_.identities.contains(identity)) return Whose::ours;
      foreign = foreign || !identity.empty();
    }
    return foreign && !owner_.identities.empty() ? Whose::others : Whose::nobodys;
  }

  [[nodiscard]] bool are_our_hosts(const std::vector<std::string>& members) const {
    return !members.empty() && std::ranges::all_of(members, [this](const std::string& address) {
      return host_addresses_.contains(address);
    });
  }

  [[nodiscard]] Whose whose(const Balancer& balancer) const {
    if (owner_.own_descriptions.contains(balancer.description)) return Whose::ours;
    if (!with_services()) return Whose::nobodys;
    const bool named = is_named(balancer),
               used = std::ranges::any_of(balancer.tags, [this](const auto& tag) { return is_our_tag(tag); });
    const Whose identity = by_identity(balancer);
    if (identity == Whose::others) return named || used ? Whose::others : Whose::nobodys;
    const bool proven = identity == Whose::ours || name_proves();
    if (named || used) {
      if (!proven) return Whose::unsure;
      return !named || used_by_others(balancer) ? Whose::shared : Whose::ours;
    }
    // Made under a name that the cluster had before.
    if (identity == Whose::ours) return balancer.name.starts_with(kServiceTag) ? Whose::ours : Whose::nobodys;
    if (!needs_members(balancer)) return Whose::nobodys;
    const bool on_own = owner_.network_is_own && balancer.vip_network_id == owner_.network_id;
    return on_own || are_our_hosts(balancer.members) ? Whose::ours : Whose::nobodys;
  }

  [[nodiscard]] bool used_by_others(const Balancer& balancer) const {
    return std::ranges::any_of(balancer.tags,
                               [this](const auto& tag) { return tag.starts_with(kServiceTag) && !is_our_tag(tag); });
  }

  void sort(const Balancer& balancer) {
    const std::string what = fmt::format("load balancer {} ({})", balancer.name, balancer.id);
    switch (whose(balancer)) {
      case Whose::ours:
        vip_ports_.insert(balancer.vip_port_id);
        if (balancer.provisioning_status != "DELETED") found_.balancers.push_back(balancer);
        break;
      case Whose::shared: {
        shared_vip_ports_.insert(balancer.vip_port_id);
        Share share = share_of(balancer);
        const bool done = share.listener_ids.empty() && share.tags == balancer.tags;
        if (!done) found_.shares.push_back(std::move(share));
        break;
      }
      case Whose::others:
        found_.spared.push_back({what, "belongs to another cluster of this name: its tags say so"});
        break;
      case Whose::unsure:
        found_.spared.push_back({what, why_unsure()});
        break;
      case Whose::nobodys:
        break;
    }
  }

  [[nodiscard]] Share share_of(const Balancer& balancer) const {
    Share share{.balancer = balancer, .listener_ids = {}, .pool_ids = {}, .tags = {}};
    const bool maker = is_named(balancer);
    std::set<std::string> kept;
    for (const Listener& listener : all_.listeners) {
      if (listener.load_balancer_id != balancer.id) continue;
      const bool ours = std::ranges::any_of(listener.tags, [this](const auto& tag) { return is_our_tag(tag); });
      if (!ours && !(maker && listener.tags.empty())) {
        kept.insert(listener.default_pool_id);
        continue;
      }
      share.listener_ids.push_back(listener.id);
      if (!listener.default_pool_id.empty()) share.pool_ids.push_back(listener.default_pool_id);
    }
    std::erase_if(share.pool_ids, [&](const std::string& id) { return kept.contains(id); });
    for (const std::string& tag : balancer.tags) {
      if (!is_our_tag(tag) && !owner_.identities.contains(identity_in(tag))) share.tags.push_back(tag);
    }
    return share;
  }

  void sort_v1() {
    if (!with_services()) return;
    const auto is_ours = [&](const auto& object, const std::vector<std::string>& members) {
      const bool described = describes(object.description, kKubernetes, suffix_);
      if (described && !name_proves())
        found_.spared.push_back({fmt::format("LBaaS v1's {} ({})", object.name, object.id), why_unsure()});
      if (described) return name_proves();
      if (!is_uid_name(object.name)) return false;
      return own_subnets_.contains(object.subnet_id) || are_our_hosts(members);
    };
    std::set<std::string> pools, served;
    for (const auto& vip : all_.v1.vips) {
      if (vip_ports_.contains(vip.port_id)) served.insert(vip.pool_id);
    }
    for (const auto& pool : all_.v1.pools) {
      std::vector<std::string> members;
      members.reserve(pool.members.size());
      for (const auto& member : pool.members) members.push_back(member.address);
      if (served.contains(pool.id) || !is_ours(pool, members)) continue;
      pools.insert(pool.id);
      found_.v1.pools.push_back(pool);
    }
    for (const auto& vip : all_.v1.vips) {
      const bool other_view = vip_ports_.contains(vip.port_id) || shared_vip_ports_.contains(vip.port_id);
      if (other_view || !(pools.contains(vip.pool_id) || is_ours(vip, {}))) continue;
      vip_ports_.insert(vip.port_id);
      found_.v1.vips.push_back(vip);
    }
  }

  void sort(const FloatingIp& one) {
    if (owner_.own_descriptions.contains(one.description)) {
      found_.floating_ips.push_back(one);
      return;
    }
    const bool leads_to_us =
        !one.port_id.empty() && (vip_ports_.contains(one.port_id) || cluster_ports_.contains(one.port_id));
    if (!describes(one.description, kAnyFloatingIp, suffix_)) {
      if (leads_to_us && with_services()) found_.disassociated.push_back(one);
      return;
    }
    if (leads_to_us || (one.port_id.empty() && name_proves())) {
      found_.floating_ips.push_back(one);
      return;
    }
    const std::string why =
        one.port_id.empty() ? why_unsure() : fmt::format("leads to port {}, which is not the cluster's", one.port_id);
    found_.spared.push_back({fmt::format("floating IP {} ({})", one.address, one.id), why});
  }

  void sort(const SecurityGroup& one) {
    if (!one.name.starts_with("lb-sg-") ||
        !describes(one.description, "Security Group for ", " Service LoadBalancer in cluster " + owner_.cluster_name))
      return;
    if (name_proves()) {
      found_.security_groups.push_back(one);
    } else {
      found_.spared.push_back({fmt::format("security group {} ({})", one.name, one.id), why_unsure()});
    }
  }
};

}  // namespace

bool Belongings::empty() const {
  return balancers.empty() && shares.empty() && floating_ips.empty() && disassociated.empty() &&
         security_groups.empty() && ports.empty() && v1.empty();
}

Belongings belongings_of(const Owner& owner, const Inventory& inventory) { return Decision(owner, inventory).run(); }

std::set<std::string> names_of(const std::string& identity, const Inventory& inventory) {
  std::set<std::string> names;
  for (const Balancer& balancer : inventory.balancers) {
    std::set<std::string> marks;
    for (const std::string& tag : balancer.tags) marks.insert(identity_in(tag));
    marks.erase("");
    const std::size_t at = balancer.description.find(kFromCluster);
    // Of one that several clusters use the description may be another's.
    if (marks != std::set{identity} || !balancer.description.starts_with(kKubernetes) || at == std::string::npos)
      continue;
    if (std::string name = balancer.description.substr(at + kFromCluster.size()); !name.empty())
      names.insert(std::move(name));
  }
  return names;
}

bool needs_members(const Balancer& balancer) { return is_uid_name(balancer.name); }

bool needs_listeners(const Balancer& balancer) {
  const auto services =
      std::ranges::count_if(balancer.tags, [](const auto& tag) { return tag.starts_with(kServiceTag); });
  return services > (balancer.name.starts_with(kServiceTag) ? 1 : 0);
}

}  // namespace fairway::cleanup
