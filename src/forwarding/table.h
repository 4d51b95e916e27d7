// The forwarding table: what an engine must make true, a router at a time. Plain values, ordered, comparable;
// compile() is pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway_link/world.h"

namespace fairway::forwarding {

// A leg of a router: an interface in its namespace, on the bridge of its network.
struct Leg {
  std::string network_id;
  std::string port_id;
  std::string address;  // "10.0.0.1/24"
  std::string mac;
  bool external = false;
  std::string default_gateway;  // next hop, may be empty
  std::string segment;          // the machine's own bridge that carries this network; empty: the fabric's
  bool operator==(const Leg&) const = default;
};

// Address translation 1:1. `external` is answered (ARP) on the external leg.
struct NatPair {
  std::string floating_ip_id;
  std::string external, internal;
  bool operator==(const NatPair&) const = default;
};

struct Frontend {
  std::string listener_id, load_balancer_id;
  std::string vip_address;
  std::uint16_t port = 0;
  bool http = false;
  std::string pool_id;  // empty: connections are refused
  gateway_link::Listener settings;
  bool operator==(const Frontend&) const = default;
};

struct Vip {
  std::string load_balancer_id, address, network_id, mac;
  int prefix_length = 24;
  bool operator==(const Vip&) const = default;
};

// Everything that lives in one router's namespace.
struct RouterTable {
  std::string router_id;
  std::vector<Leg> legs;
  bool snat = true;
  std::vector<Vip> vips;
  std::vector<NatPair> nat;
  std::vector<Frontend> frontends;                  // by listener_id
  std::map<std::string, gateway_link::Pool> pools;  // those that a frontend uses
  bool operator==(const RouterTable&) const = default;
};

struct Table {
  std::int64_t revision = 0;
  std::map<std::string, RouterTable> routers;
  // What the world asks for and no engine can do: reported back as failed, never dropped in silence.
  struct Refusal {
    std::string kind, id, why;
    bool operator==(const Refusal&) const = default;
  };
  std::vector<Refusal> refused;
  bool operator==(const Table&) const = default;
};

// Objects that are disabled (admin_state_up false) are left out without a refusal: that is what was wished. A load
// balancer on a provider network (Network::segment) needs no router: it gets one of its own, whose id is the
// network's.
[[nodiscard]] Table compile(const gateway_link::World& world);

}  // namespace fairway::forwarding
