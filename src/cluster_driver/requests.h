// What a person's commands ask of a running driver, over a unix socket in its run directory (mode 0600): JSON messages,
// one question and one answer for each connection.
//
//   <run_directory>/drivers.sock
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "messaging/channel.h"

namespace fairway::cluster_driver {

// As `service NAME ACTION` on a host.
struct ServiceRequest {
  static constexpr std::string_view kType = "service";
  std::string host, name, action;
};
BOOST_DESCRIBE_STRUCT(ServiceRequest, (), (host, name, action))

// By the cluster's name or id.
struct LoadBalancersRequest {
  static constexpr std::string_view kType = "load_balancers";
  std::string cluster;
  bool enable = true;
};
BOOST_DESCRIBE_STRUCT(LoadBalancersRequest, (), (cluster, enable))

// How the API of an adopted cluster is reached, by the cluster's id: a kubeconfig that names no files
// (kube::to_kubeconfig). A cluster of which the cloud has not told yet is waited for, a few seconds.
struct KubeconfigRequest {
  static constexpr std::string_view kType = "kubeconfig";
  std::string cluster, kubeconfig;
};
BOOST_DESCRIBE_STRUCT(KubeconfigRequest, (), (cluster, kubeconfig))

struct RequestAnswer {
  static constexpr std::string_view kType = "answer";
  int exit_code = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(RequestAnswer, (), (exit_code, text))

using Request = std::variant<ServiceRequest, LoadBalancersRequest, KubeconfigRequest, RequestAnswer>;
using RequestChannel = messaging::Channel<Request>;

[[nodiscard]] inline std::string request_socket(const std::string& run_directory) {
  return "unix:" + run_directory + "/drivers.sock";
}

// Asks and waits for the answer. Errors: unavailable (no driver runs there).
[[nodiscard]] Task<Result<RequestAnswer>> ask(std::string run_directory, Request question);

}  // namespace fairway::cluster_driver
