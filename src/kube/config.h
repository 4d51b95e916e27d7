// Where the Kubernetes API is and who we are to it: from a kubeconfig or from inside a pod.
#pragma once

#include <string>

#include "base/result.h"
#include "http/client.h"

namespace fairway::kube {

// Not printable on purpose.
struct Config {
  std::string server;  // "https://127.0.0.1:6443"
  http::TlsClientConfig tls;
  std::string token;       // bearer, or
  std::string token_file;  // read again whenever it changes
  std::string default_namespace = "default";
};

// Errors name the file, the context and what is missing in it. `context` empty: current-context.
[[nodiscard]] Result<Config> read_kubeconfig(const std::string& path, std::string_view context = "");
// The same of a text that stands in no file, or not any more. `path`: what errors call it; files that it names are
// beside it.
[[nodiscard]] Result<Config> parse_kubeconfig(const std::string& text, const std::string& path,
                                              std::string_view context = "");
// The same login without the files that it names, by their texts. A token file stays: somebody renews it. Errors: a
// file cannot be read.
[[nodiscard]] Result<Config> without_files(Config config);
// A kubeconfig of one context, for a file of mode 0600. Its texts only; files that it names are left out, but for a
// token file.
[[nodiscard]] std::string to_kubeconfig(const Config& config);
// KUBERNETES_SERVICE_HOST/PORT as handed in, and the service account's folder.
[[nodiscard]] Result<Config> in_cluster_config(
    std::string_view host, std::string_view port,
    const std::string& folder = "/var/run/secrets/kubernetes.io/serviceaccount");

}  // namespace fairway::kube
