#include "gateway/config.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>

namespace fairway::gateway {

GatewayConfig read_gateway_config(config::Section section) {
  GatewayConfig config;
  section.read("name", config.name);
  section.require("cloud_address", config.cloud_address);
  if (!config.cloud_address.empty() && !config.cloud_address.starts_with("unix:"))
    section.problem("cloud_address",
                    config.cloud_address + " is not unix:/path/of/a/socket, the cloud's gateway_address");
  section.require("state_directory", config.state_directory);
  section.require("prefix", config.engine.prefix);
  const auto& prefix = config.engine.prefix;
  const bool plain = std::ranges::all_of(prefix, [](unsigned char c) { return std::isalnum(c) != 0; });
  if (!prefix.empty() && (!plain || prefix.size() < 2 || prefix.size() > 8)) {
    section.problem("prefix", "'" + prefix + "' is not 2 to 8 letters and digits");
  }
  section.read("run_directory", config.engine.run_directory);
  section.read("haproxy", config.engine.haproxy);
  if (::geteuid() == 0 && user_exists("haproxy"))
    config.engine.haproxy_user = config.engine.haproxy_group = "haproxy";
  section.read("haproxy_user", config.engine.haproxy_user);
  section.read("haproxy_group", config.engine.haproxy_group);
  std::int64_t threads = config.engine.haproxy_threads;
  section.read("haproxy_threads", threads, {.min = 1, .max = 64});
  config.engine.haproxy_threads = static_cast<int>(threads);
  section.read("max_connections", config.engine.max_connections, {.min = 100, .max = 1'000'000});
  section.read("report_interval", config.report_interval);
  section.finish();
  return config;
}

}  // namespace fairway::gateway
