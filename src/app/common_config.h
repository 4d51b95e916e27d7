// The part of the configuration that all roles share.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "config/reader.h"
#include "telemetry/log_sinks.h"

namespace fairway::app {

struct CommonConfig {
  LogConfig log{.format = LogFormat::human};
  std::string health_bind = "127.0.0.1";
  std::uint16_t health_port = 0;
  std::chrono::milliseconds stop_patience{10'000};
};

//   log:    {format: json|human, level: debug|info|warn|error, file: PATH}
//   health: {bind: 127.0.0.1, port: 0}        /healthz, /readyz and /metrics; port 0: the kernel chooses
//   stop_patience: 10s                        for requests in flight when the role is told to end
[[nodiscard]] CommonConfig read_common_config(config::Section& root);

}  // namespace fairway::app
