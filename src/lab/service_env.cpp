#include "lab/service_env.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::lab {

namespace {

using Variables = std::map<std::string, std::string>;

// "my-service" -> "MY_SERVICE"
std::string variable_name(std::string_view name) {
  std::string text;
  for (const char c : name) text += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

void add_service(const json::Value& service, Variables& to) {
  const std::string ip = json::string_or(service, "spec.clusterIP");
  const json::Array& ports = json::array_or_empty(service, "spec.ports");
  if (ip.empty() || ip == "None" || ports.empty()) return;
  const std::string name = variable_name(json::string_or(service, "metadata.name"));
  to[name + "_SERVICE_HOST"] = ip;
  to[name + "_SERVICE_PORT"] = std::to_string(json::int_or(ports.front(), "port"));
  bool first = true;
  for (const auto& port : ports) {
    const std::int64_t number = json::int_or(port, "port");
    const std::string protocol = json::string_or(port, "protocol", "TCP");
    if (const std::string named = json::string_or(port, "name"); !named.empty())
      to[name + "_SERVICE_PORT_" + variable_name(named)] = std::to_string(number);
    const std::string way = fmt::format("{}://{}:{}", to_lower(protocol), ip, number);
    if (std::exchange(first, false)) to[name + "_PORT"] = way;
    const std::string of_port = fmt::format("{}_PORT_{}_{}", name, number, protocol);
    to[of_port] = way;
    to[of_port + "_PROTO"] = to_lower(protocol);
    to[of_port + "_PORT"] = std::to_string(number);
    to[of_port + "_ADDR"] = ip;
  }
}

}  // namespace

Variables service_environment(const std::map<std::string, json::Value>& services, const json::Value& pod) {
  Variables variables;
  const std::string ns = json::string_or(pod, "metadata.namespace") + "/";
  if (json::bool_or(pod, "spec.enableServiceLinks", true)) {
    for (const auto& [key, service] : services) {
      if (key.starts_with(ns)) add_service(service, variables);
    }
  }
  if (const auto api = services.find("default/kubernetes"); api != services.end())
    add_service(api->second, variables);
  return variables;
}

}  // namespace fairway::lab
