// fairway explain and fairway status: why is my Service pending; what is up.
//
// They read the same APIs as the controller, with its own configuration file: that of a running `fairway up`, or the
// one named with --config. Nothing is changed. Exit codes: 0 all is well; 1 something waits or has failed; 2 cannot
// be asked.
#pragma once

#include <string>
#include <string_view>

#include "controller/explain.h"

namespace fairway::app {

struct QuestionOptions {
  std::string dir;      // of `fairway up`; empty: the only one that runs
  std::string cluster;  // one that `openstack coe cluster create` made, by name or id; empty: that of `fairway up`
  std::string config;   // the controller's configuration; wins over `dir`
  bool json = false;    // for programs instead of people
};

// `service`: "namespace/name", or a name in the namespace default.
[[nodiscard]] int explain_service(const QuestionOptions& options, const std::string& service);
// The roles of `fairway up` (with --config there are none to ask), then every Service of type LoadBalancer.
[[nodiscard]] int show_status(const QuestionOptions& options);

// "web/shop", or "shop" in the namespace default. Error: invalid, what is no name of a Service.
[[nodiscard]] Result<controller::ServiceName> parse_service(std::string_view text);

// What a role's /readyz says, in a word or a line: "ready", "not ready: cloud: connection refused".
[[nodiscard]] std::string role_state(int status, std::string_view report);

}  // namespace fairway::app
