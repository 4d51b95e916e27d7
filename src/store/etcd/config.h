// Where an etcd store lies and how it is used. Part of store/etcd's interface.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "http/client.h"
#include "store/change_log.h"

namespace fairway::store::etcd {

struct EtcdConfig {
  std::vector<std::string> endpoints;  // "https://10.0.0.11:2379", one or more of one cluster; "unix:/path" too
  http::TlsClientConfig tls = {};
  std::string prefix;                          // of all keys of this store: "/fairway/cloud/"
  LogLimits log_keep = {};                     // how far back watches reach
  std::chrono::milliseconds lease{10'000};     // how long a store without its owner stays taken
  std::chrono::milliseconds patience{30'000};  // for opening, while etcd does not answer or another owner dies
  // How long one request waits for one endpoint; short enough that a lease outlives an endpoint that does not answer.
  std::chrono::milliseconds request{3'000};
  std::chrono::milliseconds away{5'000};         // without an answer for so long it is said to be away
  std::chrono::milliseconds compact{300'000};    // how often etcd's history is cut; 0: never, somebody else does
  std::size_t max_transaction_operations = 128;  // etcd's --max-txn-ops
  std::size_t max_answer_bytes = std::size_t{64} << 20U;  // a larger page of a range is asked for in smaller ones
  std::size_t max_request_bytes = 1'572'864;              // etcd's --max-request-bytes
};

}  // namespace fairway::store::etcd
