#include "controller/neutron/floating_ips.h"

#include "base/strings.h"

namespace fairway::controller::neutron {
namespace {

using json::Object;
using openstack::Service;

constexpr std::string_view kPath = "/v2.0/floatingips";
// The external network hardly ever changes; a new one is found after this.
constexpr std::chrono::minutes kRememberNetwork{10};

Result<FloatingIp> from_answer(const json::Value& body) {
  const auto* object = json::find(body, "floatingip");
  if (object == nullptr) return fail(Errc::unavailable, "floating IP: an answer without one");
  return read_floating_ip(*object);
}

}  // namespace

FloatingIp read_floating_ip(const json::Value& object) {
  return {.id = json::string_or(object, "id"),
          .address = json::string_or(object, "floating_ip_address"),
          .port_id = json::string_or(object, "port_id"),
          .description = json::string_or(object, "description")};
}

AddressDecision decide_address(const FloatingIpWish& wish, const FloatingIp* at_port, const FloatingIp* candidate,
                               bool by_request) {
  const bool ours = at_port != nullptr && at_port->description == wish.description;
  // One that a person has associated stays: with internal load balancers that is the way.
  if (!wish.wanted)
    return ours ? AddressDecision{AddressAction::release, nullptr, at_port} : AddressDecision{AddressAction::none};
  if (at_port != nullptr && (wish.address.empty() || at_port->address == wish.address)) return {};
  if (candidate != nullptr && !candidate->port_id.empty() && by_request) return {AddressAction::in_use, candidate};
  if (candidate != nullptr && candidate->port_id.empty() &&
      (by_request || candidate->description == wish.description)) {
    return {AddressAction::associate, candidate, at_port};
  }
  return {AddressAction::create, nullptr, at_port};
}

Task<Result<FloatingIps::Outcome>> FloatingIps::ensure(std::string port_id, FloatingIpWish wish,
                                                       std::vector<std::string> had, bool fresh) {
  if (fresh && !wish.wanted) co_return Outcome{};
  std::optional<FloatingIp> at_port;
  if (!fresh) {
    FW_CO_TRY(auto found, co_await find("port_id=" + percent_encode(port_id)));
    if (!found.empty()) at_port = std::move(found.front());
  }
  // Only an address that another could want too is picked one at a time.
  const bool picks = wish.wanted && (!wish.address.empty() || !had.empty());
  if (!picks) co_return co_await carry_out(port_id, wish, at_port, {});
  const auto hold = co_await picking_.lock();
  co_return co_await carry_out(port_id, wish, at_port, had);
}

Task<Result<FloatingIps::Outcome>> FloatingIps::carry_out(std::string port_id, FloatingIpWish wish,
                                                          std::optional<FloatingIp> at_port,
                                                          std::vector<std::string> had) {
  const bool by_request = !wish.address.empty();
  std::optional<FloatingIp> candidate;
  const bool settled = at_port && (!by_request || at_port->address == wish.address);
  if (wish.wanted && !settled) {
    if (by_request) had = {wish.address};
    for (const auto& address : had) {
      FW_CO_TRY(auto found, co_await find("floating_ip_address=" + percent_encode(address)));
      if (!found.empty()) candidate = std::move(found.front());
      if (candidate) break;
    }
  }
  const auto decision =
      decide_address(wish, at_port ? &*at_port : nullptr, candidate ? &*candidate : nullptr, by_request);
  Outcome outcome;
  outcome.changed = decision.action != AddressAction::nothing && decision.action != AddressAction::none;
  if (decision.action == AddressAction::nothing) outcome.address = at_port->address;
  if (decision.action == AddressAction::nothing || decision.action == AddressAction::none) co_return outcome;
  if (decision.action == AddressAction::in_use) {
    co_return fail(Errc::conflict, fmt::format("floating IP {} is not available: it is associated with port {}; "
                                               "choose another address, or release it there",
                                               wish.address, candidate->port_id));
  }
  std::string network;
  if (decision.action == AddressAction::create) {
    auto found = co_await external_network(wish);
    if (!found) {
      outcome.changed = false;
      outcome.notices = {
          {"LoadBalancerExternalNetworkSearchFailed", found.error().what},
          {"LoadBalancerForcedInternal",
           "Floating network configuration not provided, forcing to ensure an internal load balancer service"}};
      if (found.error().code == Errc::not_found) co_return outcome;
      co_return std::unexpected(std::move(found).error());
    }
    network = std::move(*found);
  }
  const bool drops = decision.drop != nullptr;
  const bool keep = drops && (wish.keep || decision.drop->description != wish.description);
  if (decision.action == AddressAction::release) {
    FW_CO_TRY_DO(co_await detach(*decision.drop, keep));
    co_return outcome;
  }
  // What serves stays until the other is certain to be had: a refusal must not cost the Service its address.
  FloatingIp next;
  if (decision.action == AddressAction::associate) {
    next = *decision.use;
  } else {
    FW_CO_TRY(next, co_await create(drops ? "" : port_id, wish, network));
  }
  if (drops) {
    FW_CO_TRY(next, co_await exchange(port_id, *decision.drop, keep, next));
  } else if (decision.action == AddressAction::associate) {
    FW_CO_TRY(next, co_await associate(next.id, port_id));
  }
  outcome.address = next.address;
  co_return outcome;
}

Task<Result<FloatingIp>> FloatingIps::exchange(std::string port_id, FloatingIp former, bool keep, FloatingIp next) {
  FW_CO_TRY_DO(co_await detach(former, true));
  auto got = co_await associate(next.id, port_id);
  if (!got) {
    const auto back = co_await associate(former.id, port_id);
    if (!back)
      calls_.env().log.error("a floating IP could be neither replaced nor put back",
                             {{"address", former.address}, {"port", port_id}, {"error", back.error().what}});
    co_return got;
  }
  if (!keep) FW_CO_TRY_DO(co_await detach(former, false));
  co_return got;
}

Task<Result<>> FloatingIps::release(std::string port_id, FloatingIpWish wish, std::vector<std::string> addresses) {
  std::vector<FloatingIp> left;
  if (!port_id.empty()) {
    FW_CO_TRY(left, co_await find("port_id=" + percent_encode(port_id)));
  }
  // The load balancer may be gone, and its floating IP not: then only the address that the Service names tells it
  // from that of a cluster with the same name.
  if (left.empty()) {
    FW_CO_TRY(left, co_await free_at(std::move(addresses)));
  }
  for (const auto& item : left) {
    if (item.description != wish.description || wish.keep) continue;
    FW_CO_TRY_DO(co_await detach(item, false));
  }
  co_return Result<>{};
}

Task<Result<std::vector<FloatingIp>>> FloatingIps::free_at(std::vector<std::string> addresses) {
  std::vector<FloatingIp> free;
  for (const auto& address : addresses) {
    FW_CO_TRY(auto found, co_await find("floating_ip_address=" + percent_encode(address)));
    for (auto& item : found) {
      if (item.port_id.empty()) free.push_back(std::move(item));
    }
  }
  co_return free;
}

Task<Result<std::map<std::string, std::string>>> FloatingIps::addresses() {
  FW_CO_TRY(const auto all, co_await find(""));
  std::map<std::string, std::string> by_port;
  for (const auto& item : all) {
    if (!item.port_id.empty()) by_port[item.port_id] = item.address;
  }
  co_return by_port;
}

Task<Result<>> FloatingIps::prepare(std::string network_id) {
  const auto found = co_await external_network({.wanted = true, .network_id = std::move(network_id)});
  // That there is none is for the Services that want one to say.
  if (!found && found.error().code != Errc::not_found) co_return std::unexpected(found.error());
  co_return Result<>{};
}

Task<Result<std::vector<FloatingIp>>> FloatingIps::find(std::string query) {
  FW_CO_TRY(
      const auto items,
      co_await calls_.list(Service::network, std::string(kPath) + (query.empty() ? "" : "?" + query), "floatingips"));
  std::vector<FloatingIp> found;
  for (const auto& item : items) found.push_back(read_floating_ip(item));
  co_return found;
}

Task<Result<FloatingIp>> FloatingIps::create(std::string port_id, FloatingIpWish wish, std::string network) {
  Object body{{"floating_network_id", network}, {"description", wish.description}};
  if (!port_id.empty()) body["port_id"] = port_id;
  if (!wish.subnet_id.empty()) body["subnet_id"] = wish.subnet_id;
  if (!wish.address.empty()) body["floating_ip_address"] = wish.address;
  Object request{{"floatingip", std::move(body)}};
  auto made = co_await calls_.send(Service::network, "POST", std::string(kPath), std::move(request));
  if (!made && (made.error().code == Errc::timeout || made.error().code == Errc::conflict)) {
    // Perhaps done after all: a port has at most one, so what is found there is ours; so is a free one of our name.
    auto found = co_await find(port_id.empty() ? "floating_ip_address=" + percent_encode(wish.address)
                                               : "port_id=" + percent_encode(port_id));
    const bool there = found && !found->empty();
    if (there &&
        (!port_id.empty() || (found->front().port_id.empty() && found->front().description == wish.description)))
      co_return found->front();
  }
  if (!made) co_return std::unexpected(std::move(made).error().within("allocate a floating IP"));
  co_return from_answer(*made);
}

Task<Result<FloatingIp>> FloatingIps::associate(std::string id, std::string port_id) {
  const auto path = fmt::format("{}/{}", kPath, percent_encode(id));
  Object request{{"floatingip", Object{{"port_id", port_id}}}};
  auto done = co_await calls_.send(Service::network, "PUT", path, std::move(request));
  if (!done) co_return std::unexpected(std::move(done).error().within("associate the floating IP"));
  co_return from_answer(*done);
}

Task<Result<>> FloatingIps::detach(FloatingIp ours, bool keep) {
  const auto path = fmt::format("{}/{}", kPath, percent_encode(ours.id));
  Object nowhere{{"floatingip", Object{{"port_id", nullptr}}}};
  auto done = keep ? co_await calls_.send(Service::network, "PUT", path, std::move(nowhere))
                   : co_await calls_.send(Service::network, "DELETE", path);
  if (!done && done.error().code != Errc::not_found) {
    co_return std::unexpected(std::move(done).error().within(fmt::format("release floating IP {}", ours.address)));
  }
  co_return Result<>{};
}

// The first external network with an IPv4 subnet, or with subnets that we may not see. Error: not_found, when there
// is none.
Task<Result<std::string>> FloatingIps::external_network(FloatingIpWish wish) {
  if (!wish.network_id.empty()) co_return wish.network_id;
  if (!external_network_.empty() && calls_.env().clock.steady() < external_network_until_)
    co_return external_network_;
  FW_CO_TRY(const auto networks,
            co_await calls_.list(Service::network, "/v2.0/networks?router:external=true", "networks"));
  for (const auto& network : networks) {
    const auto id = json::string_or(network, "id");
    FW_CO_TRY(const auto subnets,
              co_await calls_.list(Service::network, "/v2.0/subnets?network_id=" + percent_encode(id), "subnets"));
    const bool usable = subnets.empty() || std::ranges::any_of(subnets, [](const auto& item) {
                          return json::int_or(item, "ip_version") == 4;
                        });
    if (!usable) continue;
    external_network_ = id;
    external_network_until_ = calls_.env().clock.steady() + kRememberNetwork;
    co_return id;
  }
  co_return fail(
      Errc::not_found,
      "no external network is visible to this project; configure floating-network-id, or make the Service internal");
}

}  // namespace fairway::controller::neutron
