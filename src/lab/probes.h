// Probes of a container: httpGet, tcpSocket and exec, as a kubelet does them.
#pragma once

#include <chrono>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "json/value.h"
#include "runtime/env.h"

namespace fairway::lab {

struct ProbeTiming {
  std::chrono::seconds initial_delay{0}, period{10}, timeout{1};
  int success_threshold = 1, failure_threshold = 3;
};
[[nodiscard]] ProbeTiming probe_timing(const json::Value& probe);

struct ProbeTarget {
  std::string network_namespace;  // of the pod
  std::string address;            // of the pod
  int pid = 0;                    // of the container's first process, on the machine
  const json::Value& container;   // for ports by name
};

// One try. The error says what the container said ("HTTP probe failed with statuscode: 503").
[[nodiscard]] Task<Result<>> probe_once(Env& env, json::Value probe, ProbeTarget target);

// Counts tries in a row: says when the verdict changes.
class ProbeVerdict {
 public:
  ProbeVerdict(ProbeTiming timing, bool at_first) : timing_(timing), good_(at_first) {}
  // True when the verdict is another than before.
  bool note(bool success);
  [[nodiscard]] bool good() const { return good_; }

 private:
  ProbeTiming timing_;
  bool good_;
  int row_ = 0;
  bool last_ = false;
};

// A connection opened inside a network namespace. `limit` bounds it all.
[[nodiscard]] Task<Result<boost::asio::ip::tcp::socket>> connect_in(std::string network_namespace,
                                                                    std::string address, std::uint16_t port,
                                                                    Duration limit);

}  // namespace fairway::lab
