// What is wrong with the containers of a Pod, in the order in which the real server says it.
#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "kube_api/kinds/pod_strategy.h"
#include "kube_api/object/names.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/quantity.h"

namespace fairway::kube_api {
namespace {

void check_number_or_name(FieldErrors& errors, const std::string& field, const json::Value& port) {
  if (port.is_string()) {
    add_invalid(errors, field, port, port_name_errors(std::string_view(port.get_string())));
  } else {
    const auto number = port.is_int64() ? port.get_int64() : 0;
    add_invalid(errors, field, number, port_number_errors(number));
  }
}

void check_ports(FieldErrors& errors, const json::Array& ports, const std::string& list) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto field = fmt::format("{}[{}]", list, i);
    const std::string name(text_in(ports[i], "name"));
    if (!name.empty()) {
      const auto wrong = port_name_errors(name);
      add_invalid(errors, field + ".name", json::Value(name), wrong);
      if (wrong.empty() && !names.insert(name).second) errors.duplicate(field + ".name", json::Value(name));
    }
    const auto port = json::int_or(ports[i], "containerPort"), host = json::int_or(ports[i], "hostPort");
    if (port == 0) {
      errors.required(field + ".containerPort");
    } else {
      add_invalid(errors, field + ".containerPort", port, port_number_errors(port));
    }
    if (host != 0) add_invalid(errors, field + ".hostPort", host, port_number_errors(host));
    const auto protocol = text_in(ports[i], "protocol");
    if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP")
      errors.not_supported(field + ".protocol", json::Value(protocol), {"SCTP", "TCP", "UDP"});
  }
}

void check_mounts(FieldErrors& errors, const json::Array& mounts, const std::string& list,
                  const std::vector<std::string>& volumes) {
  std::set<std::string> paths;
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    const auto field = fmt::format("{}[{}]", list, i);
    const auto name = text_in(mounts[i], "name");
    const std::string path(text_in(mounts[i], "mountPath"));
    if (name.empty()) errors.required(field + ".name");
    if (std::ranges::find(volumes, name) == volumes.end()) errors.not_found(field + ".name", json::Value(name));
    if (path.empty()) errors.required(field + ".mountPath");
    if (!paths.insert(path).second) errors.invalid(field + ".mountPath", json::Value(path), "must be unique");
  }
}

bool standard_resource(std::string_view name) {
  return name == "cpu" || name == "memory" || name == "ephemeral-storage" || name.starts_with("hugepages-") ||
         name.find('/') != std::string_view::npos;
}

void check_quantities(FieldErrors& errors, const json::Object& quantities, const std::string& list) {
  for (const auto& entry : quantities) {
    const auto field = fmt::format("{}[{}]", list, std::string_view(entry.key()));
    add_invalid(errors, field, json::Value(entry.key()), qualified_name_errors(entry.key()));
    if (!standard_resource(entry.key()))
      errors.invalid(field, json::Value(entry.key()), "must be a standard resource type or fully qualified");
    if (!standard_resource(entry.key()))
      errors.invalid(field, json::Value(entry.key()), "must be a standard resource for containers");
    const auto quantity = parse_quantity(std::string_view(entry.value().as_string()));
    if (quantity && quantity->milli < 0) errors.invalid(field, entry.value(), "must be greater than or equal to 0");
  }
}

void check_resources(FieldErrors& errors, const json::Object& container, const std::string& field) {
  const auto& limits = map_at(container, {"resources", "limits"});
  const auto& requests = map_at(container, {"resources", "requests"});
  check_quantities(errors, limits, field + ".limits");
  check_quantities(errors, requests, field + ".requests");
  for (const auto& request : requests) {
    const auto* limit = limits.if_contains(request.key());
    if (limit == nullptr) continue;
    const auto asked = parse_quantity(std::string_view(request.value().as_string())),
               most = parse_quantity(std::string_view(limit->as_string()));
    if (asked && most && asked->milli > most->milli) {
      errors.invalid(field + ".requests", request.value(),
                     fmt::format("must be less than or equal to {} limit of {}", std::string_view(request.key()),
                                 std::string_view(limit->as_string())));
    }
  }
}

void check_security(FieldErrors& errors, const json::Object& container, const std::string& field) {
  for (const auto* key : {"runAsUser", "runAsGroup"}) {
    const auto* id = at(container, {"securityContext", key});
    if (id != nullptr && id->is_int64() && (id->get_int64() < 0 || id->get_int64() > INT32_MAX)) {
      errors.invalid(fmt::format("{}.{}", field, key), *id, "must be between 0 and 2147483647, inclusive");
    }
  }
  const auto* escalate = at(container, {"securityContext", "allowPrivilegeEscalation"});
  if (escalate != nullptr && *escalate == false && bool_at(container, {"securityContext", "privileged"})) {
    errors.invalid(field, at(container, {"securityContext"})->get_object(),
                   "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
  }
}

void check_http_headers(FieldErrors& errors, const json::Object& action, const std::string& field) {
  const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; };
  for (const auto& header : list_at(action, {"httpHeaders"})) {
    const auto name = text_in(header, "name");
    if (!name.empty() && std::ranges::all_of(name, letter)) continue;
    errors.invalid(field, json::Value(name),
                   "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex "
                   "used for validation is '[-A-Za-z0-9]+')");
  }
}

// `grace`: how many seconds the pod has to end.
void check_handler(FieldErrors& errors, const json::Object& handler, const std::string& field, std::int64_t grace) {
  int handlers = 0;
  for (const auto* kind : {"exec", "httpGet", "tcpSocket", "grpc", "sleep"}) {
    const auto* present = handler.if_contains(kind);
    if (present == nullptr) continue;
    const auto here = fmt::format("{}.{}", field, kind);
    if (++handlers > 1) {
      errors.forbidden(here, "may not specify more than 1 handler type");
      continue;
    }
    const auto& action = present->as_object();
    const std::string_view what(kind);
    if (what == "exec" && list_at(action, {"command"}).empty()) errors.required(here + ".command");
    if (what == "httpGet" && text_at(action, {"path"}).empty()) errors.required(here + ".path");
    if (what == "httpGet" || what == "tcpSocket")
      check_number_or_name(errors, here + ".port", member_or_null(action, "port"));
    if (what == "grpc")
      add_invalid(errors, here + ".port", int_at(action, {"port"}), port_number_errors(int_at(action, {"port"})));
    const auto scheme = text_at(action, {"scheme"});
    if (what == "httpGet" && scheme != "HTTP" && scheme != "HTTPS")
      errors.not_supported(here + ".scheme", json::Value(scheme), {"HTTP", "HTTPS"});
    if (what == "httpGet") check_http_headers(errors, action, here + ".httpHeaders");
    const auto seconds = int_at(action, {"seconds"});
    if (what == "sleep" && (seconds < 0 || seconds > grace))
      errors.invalid(here, seconds,
                     fmt::format("must be non-negative and less than terminationGracePeriodSeconds ({})", grace));
  }
  if (handlers == 0) errors.required(field, "must specify a handler type");
}

void check_probe(FieldErrors& errors, const json::Object& container, std::string_view key, const std::string& path) {
  const auto* present = container.if_contains(key);
  if (present == nullptr) return;
  const auto& probe = present->as_object();
  const auto field = fmt::format("{}.{}", path, key);
  check_handler(errors, probe, field, 0);
  for (const auto* number :
       {"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"}) {
    const auto value = int_at(probe, {number});
    if (value < 0) errors.invalid(fmt::format("{}.{}", field, number), value, "must be greater than or equal to 0");
  }
  const auto* grace = probe.if_contains("terminationGracePeriodSeconds");
  if (grace != nullptr && int_at(probe, {"terminationGracePeriodSeconds"}) <= 0)
    errors.invalid(field + ".terminationGracePeriodSeconds", *grace, "must be greater than 0");
  if (key == "readinessProbe") {
    if (grace != nullptr)
      errors.invalid(field + ".terminationGracePeriodSeconds", *grace, "must not be set for readinessProbes");
  } else if (int_at(probe, {"successThreshold"}, 1) != 1) {
    errors.invalid(field + ".successThreshold", int_at(probe, {"successThreshold"}), "must be 1");
  }
}

void check_lifecycle(FieldErrors& errors, const json::Object& container, const std::string& path,
                     std::int64_t grace) {
  for (const auto* hook : {"postStart", "preStop"}) {
    const auto* present = at(container, {"lifecycle", hook});
    if (present != nullptr)
      check_handler(errors, present->as_object(), fmt::format("{}.lifecycle.{}", path, hook), grace);
  }
}

void check_common(FieldErrors& errors, const json::Object& container, const std::string& field,
                  const ContainerChecks& checks) {
  const auto name = text_at(container, {"name"}), image = text_at(container, {"image"});
  if (name.empty()) {
    errors.required(field + ".name");
  } else {
    add_invalid(errors, field + ".name", json::Value(name), dns1123_label_errors(name));
  }
  if (image.empty()) errors.required(field + ".image");
  const auto policy = text_at(container, {"terminationMessagePolicy"});
  if (policy != "File" && policy != "FallbackToLogsOnError")
    errors.not_supported(field + ".terminationMessagePolicy", json::Value(policy), {"File", "FallbackToLogsOnError"});
  check_ports(errors, list_at(container, {"ports"}), field + ".ports");
  check_env(errors, list_at(container, {"env"}), field + ".env");
  check_env_from(errors, list_at(container, {"envFrom"}), field + ".envFrom");
  check_mounts(errors, list_at(container, {"volumeMounts"}), field + ".volumeMounts", checks.volumes);
  const auto pull = text_at(container, {"imagePullPolicy"});
  if (pull != "Always" && pull != "IfNotPresent" && pull != "Never")
    errors.not_supported(field + ".imagePullPolicy", json::Value(pull), {"Always", "IfNotPresent", "Never"});
  check_resources(errors, container, field + ".resources");
  check_security(errors, container, field + ".securityContext");
}

void check_host_ports(FieldErrors& errors, const json::Array& containers, const std::string& list) {
  std::set<std::string> taken;
  for (std::size_t c = 0; c < containers.size(); ++c) {
    const auto& ports = json::array_or_empty(containers[c], "ports");
    for (std::size_t i = 0; i < ports.size(); ++i) {
      const auto port = json::int_or(ports[i], "hostPort");
      if (port == 0) continue;
      auto key = fmt::format("{}/{}/{}", text_in(ports[i], "protocol"), text_in(ports[i], "hostIP"), port);
      if (!taken.insert(key).second)
        errors.duplicate(fmt::format("{}[{}].ports[{}].hostPort", list, c, i), json::Value(key));
    }
  }
}

void check_probes(FieldErrors& errors, const json::Object& container, const std::string& field, bool init) {
  const bool no_probes = init && text_at(container, {"restartPolicy"}) != "Always";
  for (const auto* probe : {"livenessProbe", "readinessProbe", "startupProbe"}) {
    if (no_probes && container.contains(probe)) {
      errors.forbidden(fmt::format("{}.{}", field, probe),
                       "may not be set for init containers without restartPolicy=Always");
    } else {
      check_probe(errors, container, probe, field);
    }
  }
}

}  // namespace

void check_containers(FieldErrors& errors, const json::Array& containers, const std::string& list,
                      const ContainerChecks& checks) {
  if (containers.empty()) {
    if (!checks.init) errors.required(list);
    return;
  }
  std::set<std::string> names;
  if (checks.init) {
    for (const auto& other : list_at(checks.spec, {"containers"})) names.emplace(text_in(other, "name"));
  }
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const auto field = fmt::format("{}[{}]", list, i);
    const auto& container = containers[i].as_object();
    check_common(errors, container, field, checks);
    const std::string name(text_at(container, {"name"}));
    if (!names.insert(name).second) errors.duplicate(field + ".name", json::Value(name));
    check_lifecycle(errors, container, field, int_at(checks.spec, {"terminationGracePeriodSeconds"}));
    check_probes(errors, container, field, checks.init);
  }
  check_host_ports(errors, containers, list);
}

}  // namespace fairway::kube_api
