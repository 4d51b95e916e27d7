// Floating IPs for the VIPs of load balancers: found, made, associated, given back; never taken from another.
#pragma once

#include "controller/neutron/calls.h"
#include "controller/provider.h"

namespace fairway::controller::neutron {

struct FloatingIp {
  std::string id, address, port_id, description;
};
[[nodiscard]] FloatingIp read_floating_ip(const json::Value& object);

// What to do about a VIP's address, given what is there. Pure; the whole table is in the test.
enum class AddressAction {
  nothing,    // as wished
  none,       // none is wished, none of ours is there: the VIP is the address
  release,    // ours is there and not wished any more
  associate,  // `use` is free, and to be ours
  create,     // there is none that could be used
  in_use,     // the one asked for is another's
};
struct AddressDecision {
  AddressAction action = AddressAction::nothing;
  const FloatingIp* use = nullptr;
  const FloatingIp* drop = nullptr;  // ours, in the way of the one asked for
};
// `at_port`: what is associated with the VIP; `candidate`: the one with the address asked for, or with an address
// that the Service had before. Either may be null.
[[nodiscard]] AddressDecision decide_address(const FloatingIpWish& wish, const FloatingIp* at_port,
                                             const FloatingIp* candidate, bool by_request);

class FloatingIps {
 public:
  explicit FloatingIps(Calls& calls) : calls_(calls) {}

  struct Outcome {
    std::string address;  // empty: the VIP is the address
    bool changed = false;
    std::vector<Notice> notices;
  };
  // `fresh`: the port is new, so nothing can be associated with it.
  Task<Result<Outcome>> ensure(std::string port_id, FloatingIpWish wish, std::vector<std::string> had, bool fresh);
  // Gives back what we made for the port, or what is left of it at `addresses`.
  Task<Result<>> release(std::string port_id, FloatingIpWish wish, std::vector<std::string> addresses);
  // Finds the external network before the first Service needs it; `network_id`: the configured one.
  Task<Result<>> prepare(std::string network_id);
  // By port.
  Task<Result<std::map<std::string, std::string>>> addresses();

 private:
  Calls& calls_;
  AsyncMutex picking_;  // looking whether one is free and taking it is one act
  std::string external_network_;
  SteadyTime external_network_until_{};

  Task<Result<std::vector<FloatingIp>>> find(std::string query);
  // Those at the addresses that are associated with nothing.
  Task<Result<std::vector<FloatingIp>>> free_at(std::vector<std::string> addresses);
  // Empty port: to be associated later; then the wish names an address.
  Task<Result<FloatingIp>> create(std::string port_id, FloatingIpWish wish, std::string network);
  Task<Result<FloatingIp>> associate(std::string id, std::string port_id);
  Task<Result<>> detach(FloatingIp ours, bool keep);
  // Puts `next` in the place of `former`, which is given back (or kept) when that has succeeded.
  Task<Result<FloatingIp>> exchange(std::string port_id, FloatingIp former, bool keep, FloatingIp next);
  Task<Result<std::string>> external_network(FloatingIpWish wish);
  Task<Result<Outcome>> carry_out(std::string port_id, FloatingIpWish wish, std::optional<FloatingIp> at_port,
                                  std::vector<std::string> had);
};

}  // namespace fairway::controller::neutron
