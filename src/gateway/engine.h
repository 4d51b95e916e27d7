// The engine of this machine: routers as namespaces with nftables (dataplane/nat), a HAProxy in each
// (dataplane/haproxy), and the checks that HAProxy does not make itself (dataplane/ping).
#pragma once

#include <memory>
#include <string>

#include "dataplane/engine.h"
#include "runtime/env.h"

namespace fairway::gateway {

struct EngineConfig {
  std::string prefix;         // of all namespaces (net/fabric.h)
  std::string run_directory;  // empty: /run/fairway/<prefix>. Short, since sockets lie there; it lives as long as
                              // namespaces do
  std::string haproxy = "haproxy";  // a path, or a name on PATH
  int haproxy_threads = 1;
  std::int64_t max_connections = 20'000;    // for each router
  std::string haproxy_user, haproxy_group;  // empty: as ours
};

// Lives on the loop; stops its watches when destroyed, and leaves what it made alone.
[[nodiscard]] std::unique_ptr<dataplane::Engine> make_engine(Env& env, EngineConfig config);

// Whether this machine has such a user: HAProxy runs as "haproxy" where Debian's package made it and we are root.
[[nodiscard]] bool user_exists(const std::string& name);

}  // namespace fairway::gateway
