#include "lab/kubelet_api.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "lab/exec_session.h"
#include "lab/pod_record.h"
#include "pod_logs/pod_logs.h"

namespace fairway::lab {

namespace {

http::Response refuse(int status, std::string why) { return http::Response::text(status, std::move(why) + "\n"); }

bool has_container(const json::Object& pod, std::string_view name) {
  const json::Value* spec = pod.if_contains("spec");
  if (spec == nullptr) return false;
  for (const char* list : {"containers", "initContainers"}) {
    for (const auto& container : json::array_or_empty(*spec, list)) {
      if (json::string_or(container, "name") == name) return true;
    }
  }
  return false;
}

std::string uid_of(const json::Object& pod) {
  const json::Value* metadata = pod.if_contains("metadata");
  return metadata == nullptr ? "" : json::string_or(*metadata, "uid");
}

}  // namespace

KubeletApi::KubeletApi(Env& env, std::string node_name, KubeletSources sources)
    : env_(env), node_(std::move(node_name)), sources_(std::move(sources)) {
  router_.add("GET", "/healthz",
              [](http::Request&) -> Task<http::Response> { co_return http::Response::text(200, "ok"); });
  router_.add("GET", "/containerLogs/{namespace}/{pod}/{container}",
              [this](http::Request& request) -> Task<http::Response> { co_return log_of_container(request); });
}

std::optional<http::Response> KubeletApi::refusal(const http::Request& request) const {
  if (request.peer_common_name == kKubeletClient) return std::nullopt;
  return refuse(403, fmt::format("Forbidden: user \"{}\" is not the API server, which alone may ask node {}",
                                 request.peer_common_name, node_));
}

std::optional<http::Response> KubeletApi::no_container(const std::string& key, const std::string& container) const {
  const std::string name = key.substr(key.find('/') + 1);
  const json::Object* pod = pod_here(key);
  if (pod == nullptr) return refuse(404, fmt::format("pod \"{}\" does not exist", name));
  if (has_container(*pod, container)) return std::nullopt;
  return refuse(404, fmt::format("container \"{}\" not found in pod \"{}\"", container, name));
}

Task<http::Response> KubeletApi::answer(http::Request& request) {
  if (auto refused = refusal(request)) co_return *std::move(refused);
  co_return co_await router_.dispatch(request);
}

Task<http::Upgrade> KubeletApi::upgrade(http::Request& request) {
  if (auto refused = refusal(request)) co_return http::Upgrade{.response = *std::move(refused)};
  const auto words = split(request.path, '/');
  if (words.size() != 5 || words[1] != "exec")
    co_return http::Upgrade{.response = refuse(404,
                                               "the lab's nodes serve logs and exec; there is no attach and no "
                                               "port-forward: publish a Service, or use `fairway lab exec`")};
  const std::string key = fmt::format("{}/{}", words[2], words[3]), container(words[4]);
  if (auto missing = no_container(key, container)) co_return http::Upgrade{.response = *std::move(missing)};
  const std::string uid = uid_of(*pod_here(key));
  const auto process = sources_.find_process(uid, container);
  if (!process)
    co_return http::Upgrade{.response = refuse(500, fmt::format("container \"{}\" does not run", container))};
  const std::string folder = pod_folder(sources_.config.state_dir, uid);
  co_return open_exec(request, {.program = sources_.config.program,
                                .spec_file = fmt::format("{}/{}/spec.json", folder, container),
                                .pid = process->pid});
}

const json::Object* KubeletApi::pod_here(const std::string& key) const {
  const json::Value* pod = sources_.find_pod(key);
  if (pod == nullptr || json::string_or(*pod, "spec.nodeName") != node_) return nullptr;
  return pod->if_object();
}

http::Response KubeletApi::log_of_container(const http::Request& request) {
  const std::string& ns = request.parameter("namespace");
  const std::string& name = request.parameter("pod");
  const std::string& container = request.parameter("container");
  const std::string key = ns + "/" + name;
  if (auto missing = no_container(key, container)) return *std::move(missing);
  const json::Object* pod = pod_here(key);
  const auto options = pod_logs::read_log_options(request.query, env_.clock.wall());
  const std::string uid = uid_of(*pod);
  const auto file = pod_logs::newest_log_file(
      pod_logs::pod_log_folder(sources_.config.pod_log_dir, ns, name, uid, container), options.previous);
  if (!file) return refuse(400, pod_logs::why_no_log(*pod, container, options.previous));
  const auto may_grow = [this, key, uid, container] {
    const json::Object* now = pod_here(key);
    return now != nullptr && uid_of(*now) == uid && pod_logs::log_may_grow(*now, container);
  };
  return pod_logs::log_answer(env_, *file, options, may_grow);
}

Result<std::unique_ptr<http::Server>> serve_kubelet(boost::asio::io_context& context, Env& env, const Node& node,
                                                    KubeletSources sources) {
  const net::CertificateSubject subject{.common_name = "system:node:" + node.name,
                                        .organizations = {"system:nodes"},
                                        .dns_names = {node.name},
                                        .addresses = {node.address}};
  const net::KeyPair& authority = sources.config.kubelet_authority;
  FW_TRY(const net::KeyPair pair,
         within(net::issue_certificate(authority, subject, net::CertificateUse::server, env.clock),
                "a certificate for node " + node.name));
  http::ServerConfig config{.bind = node.address, .port = kKubeletPort, .network_namespace = node.ns};
  config.tls = http::TlsServerConfig{.certificate_file = {},
                                     .certificate_pem = pair.certificate_pem,
                                     .key_file = {},
                                     .key_pem = pair.key_pem,
                                     .client_ca_file = {},
                                     .client_ca_pem = authority.certificate_pem,
                                     .require_client_certificate = true};
  const auto api = std::make_shared<KubeletApi>(env, node.name, std::move(sources));
  return http::Server::listen(context, env, "kubelet", std::move(config),
                              {[api](http::Request& request) { return api->answer(request); },
                               {},
                               [api](http::Request& request) { return api->upgrade(request); }});
}

}  // namespace fairway::lab
