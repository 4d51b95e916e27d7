// How pods reach an API that listens on this machine's loopback only: the control plane's node takes connections on its
// own address and carries them on, and the endpoints of default/kubernetes say so, as a real API server writes its own.
#pragma once

#include <memory>

#include "kube/client.h"
#include "kube/config.h"
#include "kube/reflector.h"
#include "lab/forwarder.h"
#include "lab/hosts.h"

namespace fairway::lab {

// The endpoints of default/kubernetes at this address: the EndpointSlice, and the Endpoints of older clients. Pure.
[[nodiscard]] json::Object api_slice(const std::string& address, std::uint16_t port);
[[nodiscard]] json::Object api_endpoints(const std::string& address, std::uint16_t port);

// Takes connections in the node's namespace on its address. `server`: the API's address as we reach it,
// "https://127.0.0.1:6443". Errors: invalid (not such an address), unavailable (the port is taken).
[[nodiscard]] Result<std::unique_ptr<Forwarder>> forward_api(boost::asio::io_context& context, Env& env,
                                                             const Node& node, std::uint16_t port,
                                                             const std::string& server);

// Writes the endpoints, and again whenever `slices` shows others; until cancelled. All outlive the task.
Task<> advertise_api(Env& env, kube::Client& kube, const kube::Reflector& slices, std::string address,
                     std::uint16_t port);

}  // namespace fairway::lab
