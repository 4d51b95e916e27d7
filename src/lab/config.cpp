#include "lab/config.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "net/address.h"
#include "openstack/cloud_conf.h"

namespace fairway::lab {

namespace {

std::optional<std::uint16_t> to_port(std::string_view text) {
  const auto number = parse_int(text);
  if (!number || *number < 1 || *number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

bool is_loopback(const net::Address& address) {
  return address.is_v4() ? address.to_v4() >> 24 == 127 : address.text() == "::1";
}

void read_nodes(config::Section& section, LabConfig& lab) {
  if (!section.has("nodes")) return;
  lab.nodes.clear();
  for (config::Section& entry : section.list("nodes")) {
    NodeConfig node;
    entry.require("name", node.name);
    entry.read("control_plane", node.control_plane);
    entry.finish();
    lab.nodes.push_back(std::move(node));
  }
  if (lab.nodes.empty()) section.problem("nodes", "a lab needs one node at least");
}

void read_cloud(config::Section& section, LabConfig& lab) {
  std::string file;
  std::string name;
  section.require("clouds_yaml", file);
  section.read("cloud", name);
  if (file.empty()) return;
  auto credentials = openstack::read_clouds_yaml(file, name);
  if (credentials) {
    lab.cloud = *std::move(credentials);
  } else {
    section.problem("clouds_yaml", credentials.error().what);
  }
}

void check_pod_cidr(config::Section& section, const LabConfig& lab) {
  const auto prefix = net::Prefix::parse(lab.pod_cidr);
  if (!prefix || !prefix->is_v4() || prefix->length() > 24) {
    section.problem("pod_cidr", lab.pod_cidr + " is no IPv4 network of a /24 or more");
  } else if (lab.nodes.size() > (std::size_t{1} << (24 - prefix->length()))) {
    section.problem("pod_cidr", fmt::format("{} has no /24 for each of {} nodes", lab.pod_cidr, lab.nodes.size()));
  }
}

}  // namespace

Result<PublishConfig> parse_publish(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return fail(Errc::invalid, fmt::format("{}: {}; give ADDRESS:PORT=NAMESPACE/SERVICE:PORT, such as "
                                           "127.0.0.1:8080=default/nginxservice:80",
                                           text, why));
  };
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return wrong("there is no =");
  const std::string_view here = text.substr(0, equals);
  const std::string_view there = text.substr(equals + 1);
  const auto colon = here.rfind(':');
  const auto service_colon = there.rfind(':');
  if (colon == std::string_view::npos || service_colon == std::string_view::npos) return wrong("a port is missing");
  PublishConfig publish;
  const auto address = net::Address::parse(here.substr(0, colon));
  if (!address) return wrong(fmt::format("{} is no address", here.substr(0, colon)));
  if (!is_loopback(*address)) return wrong("only loopback addresses can be published on");
  publish.bind = address->text();
  const auto port = to_port(here.substr(colon + 1));
  const auto service_port = to_port(there.substr(service_colon + 1));
  if (!port || !service_port) return wrong("a port is not between 1 and 65535");
  publish.port = *port;
  publish.service_port = *service_port;
  publish.service = std::string(there.substr(0, service_colon));
  if (split(publish.service, '/').size() != 2) return wrong("the Service needs its namespace in front");
  return publish;
}

LabConfig read_lab_config(config::Section section) {
  LabConfig lab;
  section.require("prefix", lab.prefix);
  section.require("state_dir", lab.state_dir);
  section.require("pod_log_dir", lab.pod_log_dir);
  section.read("program", lab.program);
  section.require("kubeconfig", lab.kubeconfig);
  read_cloud(section, lab);
  section.read("public_network", lab.public_network);
  section.read("private_network", lab.private_network);
  section.read("private_subnet", lab.private_subnet);
  config::Section client = section.section("client");
  client.read("name", lab.client_name);
  client.read("address", lab.client_address);
  if (!lab.client_address.empty() && !net::Prefix::parse(lab.client_address))
    client.problem("address", lab.client_address + " is no address with a prefix length, such as 172.24.4.1/24");
  client.finish();
  read_nodes(section, lab);
  section.read("pod_cidr", lab.pod_cidr);
  check_pod_cidr(section, lab);
  section.read("bind_pods", lab.bind_pods);
  section.read("heartbeat", lab.heartbeat);
  section.read("node_linger", lab.node_linger);
  section.read("api_port", lab.api_port);
  std::vector<std::string> publish;
  section.read("publish", publish);
  for (const std::string& text : publish) {
    auto parsed = parse_publish(text);
    if (parsed) {
      lab.publish.push_back(*std::move(parsed));
    } else {
      section.problem("publish", parsed.error().what);
    }
  }
  if (lab.client_name.empty() && !lab.publish.empty())
    section.problem("publish", "nothing can be published without a client host: give client.name");
  read_images(section, lab.images);
  section.finish();
  return lab;
}

}  // namespace fairway::lab
