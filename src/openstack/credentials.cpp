#include "openstack/credentials.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "base/strings.h"
#include "openstack/cloud_conf.h"

namespace fairway::openstack {
namespace {

using Field = std::string Credentials::*;

// cloud.conf's key -> what it fills.
constexpr std::array<std::pair<std::string_view, Field>, 20> kConfKeys{{
    {"auth-url", &Credentials::auth_url},
    {"region", &Credentials::region},
    {"os-endpoint-type", &Credentials::interface},
    {"application-credential-id", &Credentials::application_credential_id},
    {"application-credential-name", &Credentials::application_credential_name},
    {"application-credential-secret", &Credentials::application_credential_secret},
    {"username", &Credentials::username},
    {"user-id", &Credentials::user_id},
    {"password", &Credentials::password},
    {"user-domain-id", &Credentials::user_domain_id},
    {"user-domain-name", &Credentials::user_domain_name},
    {"tenant-id", &Credentials::project_id},
    {"tenant-name", &Credentials::project_name},
    {"tenant-domain-id", &Credentials::project_domain_id},
    {"tenant-domain-name", &Credentials::project_domain_name},
    {"trust-id", &Credentials::trust_id},
    {"token", &Credentials::token},
    {"ca-file", &Credentials::ca_file},
    {"cert-file", &Credentials::certificate_file},
    {"key-file", &Credentials::key_file},
}};

// The same by the names that clouds.yaml (under auth) and OS_* share; OS_ in front and in capitals there.
constexpr std::array<std::pair<std::string_view, Field>, 17> kAuthKeys{{
    {"auth_url", &Credentials::auth_url},
    {"application_credential_id", &Credentials::application_credential_id},
    {"application_credential_name", &Credentials::application_credential_name},
    {"application_credential_secret", &Credentials::application_credential_secret},
    {"username", &Credentials::username},
    {"user_id", &Credentials::user_id},
    {"password", &Credentials::password},
    {"user_domain_id", &Credentials::user_domain_id},
    {"user_domain_name", &Credentials::user_domain_name},
    {"project_id", &Credentials::project_id},
    {"project_name", &Credentials::project_name},
    {"tenant_id", &Credentials::project_id},
    {"tenant_name", &Credentials::project_name},
    {"project_domain_id", &Credentials::project_domain_id},
    {"project_domain_name", &Credentials::project_domain_name},
    {"trust_id", &Credentials::trust_id},
    {"token", &Credentials::token},
}};

// A domain named once stands for the user's and the project's, where those have none of their own.
void spread_domain(Credentials& to, const std::string& id, const std::string& name) {
  if (to.user_domain_id.empty() && to.user_domain_name.empty()) {
    to.user_domain_id = id;
    to.user_domain_name = id.empty() ? name : "";
  }
  if (to.project_domain_id.empty() && to.project_domain_name.empty()) {
    to.project_domain_id = id;
    to.project_domain_name = id.empty() ? name : "";
  }
}

Result<Credentials> checked(Credentials credentials, const std::string& from) {
  const auto missing = [&](std::string_view what) { return fail(Errc::invalid, fmt::format("{}: {}", from, what)); };
  if (credentials.auth_url.empty()) return missing("no address of Keystone; give auth-url (OS_AUTH_URL)");
  if (!credentials.token.empty()) return credentials;
  const bool by_application_credential =
      !credentials.application_credential_id.empty() || !credentials.application_credential_name.empty();
  if (by_application_credential) {
    if (credentials.application_credential_secret.empty())
      return missing("an application credential without its secret");
    if (credentials.application_credential_id.empty() && credentials.user_id.empty() &&
        credentials.username.empty()) {
      return missing(
          "an application credential by name needs its user too; give its id, or username and user domain");
    }
    return credentials;
  }
  if (credentials.username.empty() && credentials.user_id.empty())
    return missing("no user, token or application credential");
  if (credentials.password.empty()) return missing("a user without a password");
  if (credentials.project_id.empty() && credentials.project_name.empty() && credentials.trust_id.empty()) {
    return missing("no project to work in; give tenant-name (OS_PROJECT_NAME) or tenant-id (OS_PROJECT_ID)");
  }
  return credentials;
}

std::string scalar(const YAML::Node& node, std::string_view key) {
  const auto value = node[std::string(key)];
  return value.IsDefined() && value.IsScalar() ? value.as<std::string>() : std::string();
}

Credentials from_cloud(const YAML::Node& cloud) {
  Credentials to;
  std::string domain_id, domain_name;
  if (const auto auth = cloud["auth"]; auth.IsDefined() && auth.IsMap()) {
    for (const auto& [key, field] : kAuthKeys) {
      if (auto text = scalar(auth, key); !text.empty()) to.*field = std::move(text);
    }
    domain_id = scalar(auth, "domain_id");
    domain_name = scalar(auth, "domain_name");
  }
  spread_domain(to, domain_id, domain_name);
  to.region = scalar(cloud, "region_name");
  for (const char* key : {"endpoint_type", "interface"}) {
    if (auto text = scalar(cloud, key); !text.empty()) to.interface = std::move(text);
  }
  to.ca_file = scalar(cloud, "cacert");
  to.certificate_file = scalar(cloud, "cert");
  to.key_file = scalar(cloud, "key");
  to.insecure = scalar(cloud, "verify") == "false";
  return to;
}

// Without judging what is missing: cloud.conf may fill it.
Result<Credentials> load_cloud(const std::string& path, std::string_view name) {
  YAML::Node root;
  try {
    root = YAML::LoadFile(path);
  } catch (const YAML::BadFile&) {
    return fail(Errc::not_found, path + ": cannot be read");
  } catch (const YAML::Exception& error) {
    return fail(Errc::invalid, fmt::format("{}:{}: not YAML: {}", path, error.mark.line + 1, error.msg));
  }
  const auto clouds = root["clouds"];
  if (!clouds.IsDefined() || !clouds.IsMap()) return fail(Errc::invalid, path + ": no clouds in it");
  if (!name.empty()) {
    const auto cloud = clouds[std::string(name)];
    if (!cloud.IsDefined() || !cloud.IsMap())
      return fail(Errc::not_found, fmt::format("{}: no cloud \"{}\" in it", path, name));
    return from_cloud(cloud);
  }
  if (clouds.size() != 1) return fail(Errc::invalid, path + ": several clouds; name one (OS_CLOUD)");
  return from_cloud(clouds.begin()->second);
}

Result<Credentials> search_cloud(const std::vector<std::string>& places, std::string_view name) {
  for (const auto& place : places) {
    std::error_code error;
    if (std::filesystem::exists(place, error)) return load_cloud(place, name);
  }
  return fail(Errc::not_found, fmt::format("no clouds.yaml found (looked at {})", fmt::join(places, ", ")));
}

}  // namespace

std::vector<std::string> clouds_yaml_places(const std::map<std::string, std::string>& environment) {
  std::vector<std::string> places;
  const auto value = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  if (auto file = value("OS_CLIENT_CONFIG_FILE"); !file.empty()) places.push_back(std::move(file));
  places.emplace_back("clouds.yaml");
  if (auto home = value("HOME"); !home.empty()) places.push_back(home + "/.config/openstack/clouds.yaml");
  places.emplace_back("/etc/openstack/clouds.yaml");
  return places;
}

Result<Credentials> credentials_from(const CloudConf& conf, const std::vector<std::string>& clouds_yaml) {
  Credentials to;
  if (parse_conf_bool(conf.value("global", "use-clouds")).value_or(false)) {
    auto places = clouds_yaml;
    if (auto file = conf.value("global", "clouds-file"); !file.empty())
      places.insert(places.begin(), std::move(file));
    FW_TRY(to, search_cloud(places, conf.value("global", "cloud")));
  }
  for (const auto& [key, field] : kConfKeys) {
    if (auto text = conf.value("global", key); !text.empty()) to.*field = std::move(text);
  }
  spread_domain(to, conf.value("global", "domain-id"), conf.value("global", "domain-name"));
  if (auto trustee = conf.value("global", "trustee-id"); !trustee.empty()) {
    to.user_id = std::move(trustee);
    to.username.clear();
    to.password = conf.value("global", "trustee-password");
  }
  to.insecure = to.insecure || parse_conf_bool(conf.value("global", "tls-insecure")).value_or(false);
  if (const auto text = conf.value("metadata", "request-timeout"); !text.empty()) {
    const auto limit = parse_go_duration(text);
    if (!limit)
      return fail(Errc::invalid,
                  fmt::format("[Metadata] request-timeout: \"{}\" is not a duration such as 60s", text));
    if (limit->count() > 0) to.request_timeout = *limit;
  }
  return checked(std::move(to), "cloud.conf [Global]");
}

Result<Credentials> read_clouds_yaml(const std::string& path, std::string_view cloud) {
  FW_TRY(auto to, load_cloud(path, cloud));
  return checked(std::move(to), path);
}

Result<Credentials> credentials_from(const std::map<std::string, std::string>& environment) {
  const auto value = [&](const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  Credentials to;
  if (const auto cloud = value("OS_CLOUD"); !cloud.empty()) {
    FW_TRY(to, search_cloud(clouds_yaml_places(environment), cloud));
  }
  for (const auto& [key, field] : kAuthKeys) {
    std::string name = "OS_";
    for (const char c : key) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (auto text = value(name); !text.empty()) to.*field = std::move(text);
  }
  spread_domain(to, value("OS_DOMAIN_ID"), value("OS_DOMAIN_NAME"));
  spread_domain(to, value("OS_DEFAULT_DOMAIN_ID"), value("OS_DEFAULT_DOMAIN_NAME"));
  if (auto region = value("OS_REGION_NAME"); !region.empty()) to.region = std::move(region);
  for (const char* key : {"OS_ENDPOINT_TYPE", "OS_INTERFACE"}) {
    if (auto text = value(key); !text.empty()) to.interface = std::move(text);
  }
  if (auto file = value("OS_CACERT"); !file.empty()) to.ca_file = std::move(file);
  if (auto file = value("OS_CERT"); !file.empty()) to.certificate_file = std::move(file);
  if (auto file = value("OS_KEY"); !file.empty()) to.key_file = std::move(file);
  to.insecure = to.insecure || value("OS_INSECURE") == "true" || value("OS_INSECURE") == "1";
  // The client libraries accept publicURL and the like from old days.
  if (to.interface.ends_with("URL")) to.interface.resize(to.interface.size() - 3);
  return checked(std::move(to), "the environment (OS_*)");
}

}  // namespace fairway::openstack
