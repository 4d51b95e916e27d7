// An http::Client that hands each request to a handler in the same process: no sockets, no threads, so tests on
// hand-wound time stay in step. Streams flow piece by piece as over a connection; faults are injected between the
// two.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/client.h"
#include "http/router.h"

namespace fairway::testing {

// What the network does to a request.
struct Fault {
  bool refuse = false;                    // never arrives
  bool lose_answer = false;               // is done, and the answer never comes back
  std::optional<http::Response> instead;  // never arrives either; this is the answer
  Duration delay{0};                      // before it arrives
};

// The wire that several clients may share: what was sent over it, and what goes wrong on it.
struct Wire {
  std::function<Fault(const http::Request&)> fault;
  std::vector<std::string> requests;  // "POST /v2.0/lbaas/loadbalancers", queries included
  // How many of them begin so.
  [[nodiscard]] std::size_t count(std::string_view prefix) const;
};

// `prefix` is put before every target (the path of an origin). All by reference outlive the client.
[[nodiscard]] std::unique_ptr<http::Client> make_loopback(Env& env, Wire& wire, std::string prefix,
                                                          http::Handler handler);

}  // namespace fairway::testing
