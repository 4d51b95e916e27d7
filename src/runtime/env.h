// What a component gets from the program: time, randomness, waiting, the log, the metrics. By reference; outlives
// all.
#pragma once

#include "base/clock.h"
#include "runtime/timers.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace fairway {

struct Env {
  const Clock& clock;
  Random& random;
  Timers& timers;
  Log& log;
  Metrics& metrics;
};

}  // namespace fairway
