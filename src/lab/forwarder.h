// Connections taken in one network namespace and carried on in another: byte for byte, each direction to its own end.
//
// It serves from listen() on. The number of connections is bounded (more wait in the kernel's queue), and so is the time
// that one half lives on idle after the other half has ended. Threads: the loop's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "runtime/env.h"

namespace fairway::lab {

// Where a connection goes on. An empty namespace is our own.
struct ForwardTarget {
  std::string network_namespace;
  std::string address;
  std::uint16_t port = 0;
};

struct ForwarderConfig {
  std::string name;               // in the log: "the API of cluster k8s"
  std::string network_namespace;  // where it listens; empty: our own
  std::string bind = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the kernel chooses; see port()
  std::size_t max_connections = 512;
  std::chrono::milliseconds connect_limit{10'000};
  std::chrono::milliseconds half_open_limit{60'000};
};

class Forwarder {
 public:
  // Asked for each connection; an error closes it and is logged.
  using Choose = std::function<Task<Result<ForwardTarget>>()>;

  // `context`, `env` and what `choose` refers to outlive it. Errors: invalid (no address), unavailable (it is taken, the
  // namespace is not there).
  [[nodiscard]] static Result<std::unique_ptr<Forwarder>> listen(boost::asio::io_context& context, Env& env,
                                                                 ForwarderConfig config, Choose choose);
  virtual ~Forwarder() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  // Closes the listener and every connection. When it returns, nothing of it runs any more.
  virtual Task<> stop() = 0;
};

}  // namespace fairway::lab
