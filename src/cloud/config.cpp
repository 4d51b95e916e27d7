// The section "cloud" of the configuration file.
#include "cloud/cloud.h"
#include "net/address.h"

namespace fairway::cloud {
namespace {

void read_http(config::Section& section, http::ServerConfig& http) {
  section.read("bind", http.bind);
  section.read("port", http.port);
  section.read("max_body_bytes", http.max_body_bytes, {.min = 1024});
  if (!section.has("tls")) return;
  auto tls = section.section("tls");
  auto& server = http.tls.emplace();
  tls.require("certificate_file", server.certificate_file);
  tls.require("key_file", server.key_file);
  tls.finish();
}

void read_cidr(config::Section& section, std::string_view key, std::string& cidr) {
  section.read(key, cidr);
  const auto prefix = net::Prefix::parse(cidr);
  if (!prefix || !prefix->is_v4() || prefix->length() > 28) {
    section.problem(key, cidr + " is not an IPv4 prefix of at most 28 bits, such as 10.0.0.0/24");
  }
}

}  // namespace

CloudConfig read_cloud_config(config::Section section) {
  CloudConfig config;
  read_http(section, config.http);
  section.read("public_url", config.public_url);
  section.read("gateway_address", config.gateway_address);
  section.read("cluster_driver_address", config.cluster_driver_address);
  section.read("noop_gateway", config.noop_gateway);
  section.require("secrets_directory", config.secrets_directory);
  section.read("token_lifetime", config.token_lifetime);
  if (config.token_lifetime < std::chrono::minutes(1))
    section.problem("token_lifetime", "tokens live a minute at least");
  if (!config.gateway_address.empty() && !config.gateway_address.starts_with("unix:")) {
    section.problem("gateway_address", config.gateway_address + " is not unix:/path/of/a/socket");
  }
  if (!config.cluster_driver_address.empty() && !config.cluster_driver_address.starts_with("unix:")) {
    section.problem("cluster_driver_address", config.cluster_driver_address + " is not unix:/path/of/a/socket");
  }
  if (!config.public_url.empty() && !config.public_url.starts_with("http://") &&
      !config.public_url.starts_with("https://")) {
    section.problem("public_url", config.public_url + " does not begin with http:// or https://");
  }
  if (section.has("networks")) {
    auto networks = section.section("networks");
    networks.read("make", config.networks.make);
    read_cidr(networks, "public_cidr", config.networks.public_cidr);
    read_cidr(networks, "private_cidr", config.networks.private_cidr);
    networks.finish();
  }
  section.finish();
  return config;
}

}  // namespace fairway::cloud
