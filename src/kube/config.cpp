#include "kube/config.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/strings.h"

namespace fairway::kube {
namespace {

using Path = std::filesystem::path;

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail_errno("read " + path, errno);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::string text_of(const YAML::Node& node, const char* key) {
  if (!node.IsMap()) return {};
  const auto value = node[key];
  return value.IsDefined() && value.IsScalar() ? value.as<std::string>() : std::string();
}

bool truth_of(const YAML::Node& node, const char* key) { return text_of(node, key) == "true"; }

// The entry of that name in "clusters", "users" or "contexts": their body under `body_key`.
std::optional<YAML::Node> entry(const YAML::Node& root, const char* list, std::string_view name,
                                const char* body_key) {
  if (!root[list].IsDefined() || !root[list].IsSequence()) return std::nullopt;
  for (const auto& item : root[list]) {
    if (text_of(item, "name") != name) continue;
    const auto body = item[body_key];
    return body.IsDefined() && body.IsMap() ? body : YAML::Node(YAML::NodeType::Map);
  }
  return std::nullopt;
}

// A YAML double-quoted scalar.
std::string yaml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// A file that a kubeconfig names is relative to the kubeconfig.
std::string beside(const std::string& kubeconfig, const std::string& named) {
  if (named.empty() || Path(named).is_absolute()) return named;
  return (Path(kubeconfig).parent_path() / named).string();
}

// "<key>-data" (base64, wins) or the file "<key>".
Result<> read_pem(const std::string& kubeconfig, const YAML::Node& node, const std::string& key, std::string& pem,
                  std::string& file) {
  const auto data_key = key + "-data";
  if (const auto data = text_of(node, data_key.c_str()); !data.empty()) {
    auto decoded = base64_decode(data);
    if (!decoded) return fail(Errc::invalid, data_key + " is not base64");
    pem = std::move(*decoded);
    return {};
  }
  file = beside(kubeconfig, text_of(node, key.c_str()));
  return {};
}

Result<> read_cluster(const std::string& path, const YAML::Node& cluster, Config& config) {
  config.server = text_of(cluster, "server");
  if (config.server.empty()) return fail(Errc::invalid, "has no server; write one such as https://127.0.0.1:6443");
  if (!text_of(cluster, "proxy-url").empty()) {
    return fail(Errc::unsupported,
                "has a proxy-url, which is not supported; take it out and reach the server directly");
  }
  config.tls.insecure = truth_of(cluster, "insecure-skip-tls-verify");
  config.tls.server_name = text_of(cluster, "tls-server-name");
  return read_pem(path, cluster, "certificate-authority", config.tls.ca_pem, config.tls.ca_file);
}

Result<> refuse_plugins(const YAML::Node& user) {
  if (user["exec"].IsDefined()) {
    return fail(
        Errc::unsupported,
        "logs in with an exec plugin, and no outside program is run for a login; use a token, a token file or a "
        "client certificate (for instance of a service account)");
  }
  if (user["auth-provider"].IsDefined()) {
    return fail(Errc::unsupported,
                "logs in with an auth-provider, which is not supported; use a token or a client certificate");
  }
  if (user["username"].IsDefined() || user["password"].IsDefined()) {
    return fail(Errc::unsupported,
                "logs in with a user name and password, which API servers no longer accept; use a token or a client "
                "certificate");
  }
  for (const char* key : {"as", "as-groups", "as-user-extra", "as-uid"}) {
    if (user[key].IsDefined())
      return fail(Errc::unsupported, fmt::format("asks for impersonation ({}), which is not supported", key));
  }
  return {};
}

Result<> read_user(const std::string& path, const YAML::Node& user, Config& config) {
  FW_TRY_DO(refuse_plugins(user));
  FW_TRY_DO(read_pem(path, user, "client-certificate", config.tls.certificate_pem, config.tls.certificate_file));
  FW_TRY_DO(read_pem(path, user, "client-key", config.tls.key_pem, config.tls.key_file));
  const bool certificate = !config.tls.certificate_pem.empty() || !config.tls.certificate_file.empty();
  const bool key = !config.tls.key_pem.empty() || !config.tls.key_file.empty();
  if (certificate != key) {
    return fail(Errc::invalid, certificate ? "has a client certificate but no client-key"
                                           : "has a client-key but no client certificate");
  }
  config.token_file = beside(path, text_of(user, "tokenFile"));
  // As kubectl: the file wins, because it is the one that can be renewed.
  if (config.token_file.empty()) config.token = text_of(user, "token");
  return {};
}

Result<Config> from_yaml(const std::string& path, const YAML::Node& root, std::string_view wanted) {
  if (!root.IsMap()) return fail(Errc::invalid, "not a kubeconfig: it holds no map of clusters, users and contexts");
  const std::string context_name = wanted.empty() ? text_of(root, "current-context") : std::string(wanted);
  if (context_name.empty())
    return fail(Errc::invalid, "no current-context; set one with kubectl config use-context NAME");
  const auto context = entry(root, "contexts", context_name, "context");
  if (!context) return fail(Errc::not_found, fmt::format("context \"{}\" is not in it", context_name));

  Config config;
  const auto where = fmt::format("context \"{}\": ", context_name);
  const auto cluster_name = text_of(*context, "cluster");
  const auto cluster = entry(root, "clusters", cluster_name, "cluster");
  if (!cluster) return fail(Errc::not_found, fmt::format("{}cluster \"{}\" is not in the file", where, cluster_name));
  FW_TRY_DO(within(read_cluster(path, *cluster, config), fmt::format("{}cluster \"{}\"", where, cluster_name)));

  if (const auto user_name = text_of(*context, "user"); !user_name.empty()) {
    const auto user = entry(root, "users", user_name, "user");
    if (!user) return fail(Errc::not_found, fmt::format("{}user \"{}\" is not in the file", where, user_name));
    FW_TRY_DO(within(read_user(path, *user, config), fmt::format("{}user \"{}\"", where, user_name)));
  }
  if (auto ns = text_of(*context, "namespace"); !ns.empty()) config.default_namespace = std::move(ns);
  return config;
}

}  // namespace

Result<Config> read_kubeconfig(const std::string& path, std::string_view context) {
  FW_TRY(const auto text, read_text(path));
  return parse_kubeconfig(text, path, context);
}

Result<Config> parse_kubeconfig(const std::string& text, const std::string& path, std::string_view context) {
  YAML::Node root;
  try {
    root = YAML::Load(text);
  } catch (const YAML::Exception& error) {
    // Only the place: the text around it may be a secret.
    return fail(Errc::invalid, fmt::format("{}:{}: not YAML: {}", path, error.mark.line + 1, error.msg));
  }
  return within(from_yaml(path, root, context), path);
}

Result<Config> without_files(Config config) {
  for (const auto& [file, pem] : {std::pair{&config.tls.ca_file, &config.tls.ca_pem},
                                  std::pair{&config.tls.certificate_file, &config.tls.certificate_pem},
                                  std::pair{&config.tls.key_file, &config.tls.key_pem}}) {
    if (file->empty()) continue;
    FW_TRY(*pem, read_text(*file));
    file->clear();
  }
  if (!config.token_file.empty()) config.token_file = std::filesystem::absolute(config.token_file).string();
  return config;
}

std::string to_kubeconfig(const Config& config) {
  std::string text = fmt::format(
      "apiVersion: v1\n"
      "kind: Config\n"
      "clusters:\n"
      "- name: cluster\n"
      "  cluster:\n"
      "    server: {}\n",
      yaml_text(config.server));
  const auto add = [&text](std::string_view key, const std::string& value) {
    if (!value.empty()) text += fmt::format("    {}: {}\n", key, value);
  };
  add("certificate-authority-data", base64_encode(config.tls.ca_pem));
  add("tls-server-name", config.tls.server_name.empty() ? "" : yaml_text(config.tls.server_name));
  add("insecure-skip-tls-verify", config.tls.insecure ? "true" : "");
  text +=
      "contexts:\n"
      "- name: default\n"
      "  context: {cluster: cluster, user: user}\n"
      "current-context: default\n"
      "users:\n"
      "- name: user\n";
  const std::size_t before = text.size();
  add("client-certificate-data", base64_encode(config.tls.certificate_pem));
  add("client-key-data", base64_encode(config.tls.key_pem));
  add("token", config.token.empty() ? "" : yaml_text(config.token));
  add("tokenFile", config.token_file.empty() ? "" : yaml_text(config.token_file));
  if (text.size() == before) return text + "  user: {}\n";
  return text.insert(before, "  user:\n");
}

Result<Config> in_cluster_config(std::string_view host, std::string_view port, const std::string& folder) {
  if (host.empty() || port.empty()) {
    return fail(Errc::not_found,
                "not inside a Kubernetes pod (KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set); give "
                "a kubeconfig");
  }
  Config config;
  const bool v6 = host.find(':') != std::string_view::npos;
  config.server = v6 ? fmt::format("https://[{}]:{}", host, port) : fmt::format("https://{}:{}", host, port);
  config.token_file = folder + "/token";
  config.tls.ca_file = folder + "/ca.crt";
  for (const auto& file : {config.token_file, config.tls.ca_file}) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
      return fail(Errc::not_found,
                  file + " is missing; mount the pod's service account token (automountServiceAccountToken)");
    }
  }
  if (auto ns = read_text(folder + "/namespace")) config.default_namespace = std::string(trim(*ns));
  return config;
}

}  // namespace fairway::kube
