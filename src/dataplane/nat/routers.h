// Routers as network namespaces: legs, addresses, routes, and the nftables of rules.h. Level-based: what is there
// already is left alone; what an earlier process of ours made is found and kept. Threads: the loop's. Calls block: a
// new VIP or floating IP for about a tenth of a millisecond, a new router for a few.
#pragma once

#include <map>
#include <set>
#include <string>

#include "dataplane/nat/rules.h"
#include "net/fabric.h"
#include "runtime/env.h"

namespace fairway::dataplane::nat {

class Routers {
 public:
  Routers(Env& env, net::Fabric fabric);

  // The namespace with its legs, routes and addresses (VIPs, floating IPs). Addresses that are new to us are
  // announced.
  [[nodiscard]] Result<> prepare(const forwarding::RouterTable& table);
  // Leads connections: nftables, after HAProxy listens.
  [[nodiscard]] Result<> publish(const forwarding::RouterTable& table,
                                 const std::map<std::string, std::uint16_t>& slots);
  // Removes the namespaces of routers that are not in the table; their names are returned first to those who run
  // something in them (see stale()).
  [[nodiscard]] Result<> remove(const std::string& ns);
  [[nodiscard]] std::vector<std::string> stale(const forwarding::Table& table) const;

  // All namespaces of this prefix that are the gateway's: routers and the fabric.
  [[nodiscard]] Result<> remove_all();

  [[nodiscard]] const net::Fabric& fabric() const { return fabric_; }

 private:
  using Addresses = std::set<std::string>;
  struct Made {
    std::map<std::string, Addresses> addresses;  // by leg's interface
    std::map<std::string, std::string> taps;     // the fabric's end, by leg's interface
    std::optional<Rules> rules;
    std::vector<forwarding::Leg> legs;  // as last prepared
    bool founded = false;
  };

  [[nodiscard]] Result<> found(Made& made, const std::string& ns);
  [[nodiscard]] Result<> set_legs(Made& made, const std::string& ns, const forwarding::RouterTable& table);
  // The fabric's bridges of networks that are left, unless others are plugged in there.
  void drop_bridges(const std::vector<forwarding::Leg>& before, const std::vector<forwarding::Leg>& after);
  [[nodiscard]] Result<> plug(Made& made, const std::string& ns, const forwarding::Leg& leg);
  [[nodiscard]] Result<> set_addresses(Made& made, const std::string& ns, const forwarding::RouterTable& table);
  // From `known`, which they keep true, to `wanted`.
  [[nodiscard]] Result<> add_addresses(const std::string& ns, const std::string& link, const Addresses& wanted,
                                       Addresses& known);
  [[nodiscard]] static Result<> remove_addresses(const std::string& ns, const std::string& link,
                                                 const Addresses& wanted, Addresses& known);
  [[nodiscard]] Result<> set_routes(const std::string& ns, const forwarding::RouterTable& table);

  Env& env_;
  net::Fabric fabric_;
  std::map<std::string, Made> made_;  // by namespace
  Histogram& nft_seconds_;
};

}  // namespace fairway::dataplane::nat
