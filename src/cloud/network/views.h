// Networking's objects as Neutron shows them.
#pragma once

#include "cloud/model/state.h"
#include "json/value.h"

namespace fairway::cloud::network {

// `all`: with what only administrators see (provider:*, binding:*).
[[nodiscard]] json::Object show(const State& state, const Network& network, bool all);
[[nodiscard]] json::Object show(const State& state, const Subnet& subnet, bool all);
[[nodiscard]] json::Object show(const State& state, const Port& port, bool all);
[[nodiscard]] json::Object show(const State& state, const Router& router, bool all);
[[nodiscard]] json::Object show(const State& state, const FloatingIp& floating_ip, bool all);
[[nodiscard]] json::Object show(const State& state, const SecurityGroup& group, bool all);
[[nodiscard]] json::Object show_rule(const SecurityGroup& group, const SecurityGroupRule& rule);

}  // namespace fairway::cloud::network
