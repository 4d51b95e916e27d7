// The API that a real API server asks each node for, as a kubelet serves it on https://NODE:10250: a container's log, a
// command in a container, and whether the node is well. The embedded Kubernetes API needs none of it: it stands on the same machine.
//
// Only the API server is answered: who comes shows a certificate of the cluster's authority, made out to kKubeletClient.
// Source: the kubelet's server, as kube-apiserver 1.36 uses it. Threads: the loop's.
#pragma once

#include <functional>
#include <memory>

#include "http/server.h"
#include "lab/hosts.h"
#include "runtime/process.h"

namespace fairway::lab {

constexpr std::uint16_t kKubeletPort = 10250;
constexpr const char* kKubeletClient = "kube-apiserver-kubelet-client";

struct KubeletSources {
  const LabConfig& config;
  // The pod "namespace/name" as the API has it; null: there is none.
  std::function<const json::Value*(const std::string& key)> find_pod;
  // The first process of a container that runs.
  std::function<std::optional<ProcessId>(const std::string& uid, const std::string& container)> find_process;
};

class KubeletApi {
 public:
  // What is handed in outlives it.
  KubeletApi(Env& env, std::string node_name, KubeletSources sources);
  Task<http::Response> answer(http::Request& request);
  // exec.
  Task<http::Upgrade> upgrade(http::Request& request);

 private:
  http::Response log_of_container(const http::Request& request);
  // Why whoever asks gets nothing of this container; nothing: they may have it.
  [[nodiscard]] std::optional<http::Response> refusal(const http::Request& request) const;
  [[nodiscard]] std::optional<http::Response> no_container(const std::string& key,
                                                           const std::string& container) const;
  [[nodiscard]] const json::Object* pod_here(const std::string& key) const;

  Env& env_;
  std::string node_;
  KubeletSources sources_;
  http::Router router_;
};

// Serves it in the node's namespace, with a certificate by config.kubelet_authority. `context` and `env` outlive the server.
// Errors: the authority is none, the port is taken.
[[nodiscard]] Result<std::unique_ptr<http::Server>> serve_kubelet(boost::asio::io_context& context, Env& env,
                                                                  const Node& node, KubeletSources sources);

}  // namespace fairway::lab
