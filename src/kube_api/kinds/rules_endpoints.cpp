// The rules of Endpoints, EndpointSlices and Events.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "kube_api/kinds/object_meta.h"
#include "kube_api/kinds/rules.h"
#include "kube_api/object/addresses.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

void check_protocol_is_known(FieldErrors& errors, const std::string& field, std::string_view protocol) {
  if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP")
    errors.not_supported(field, json::Value(protocol), {"SCTP", "TCP", "UDP"});
}

void check_protocol(FieldErrors& errors, const std::string& field, std::string_view protocol) {
  if (protocol.empty()) {
    errors.required(field);
  } else {
    check_protocol_is_known(errors, field, protocol);
  }
}

// A text that may be absent, but not empty.
void check_present(FieldErrors& errors, const json::Value& object, const std::string& field, std::string_view key,
                   NameRule rule) {
  const auto value = member_or_null(object.as_object(), key);
  if (value.is_string())
    add_invalid(errors, fmt::format("{}.{}", field, key), value, rule(std::string_view(value.get_string())));
}

void default_endpoints(json::Object& endpoints) {
  auto* subsets = endpoints.if_contains("subsets");
  if (subsets == nullptr || !subsets->is_array()) return;
  for (auto& subset : subsets->get_array()) {
    auto* ports = subset.as_object().if_contains("ports");
    if (ports == nullptr || !ports->is_array()) continue;
    for (auto& port : ports->get_array()) set_default(port.as_object(), "protocol", "TCP");
  }
}

void check_address(FieldErrors& errors, const json::Value& address, const std::string& field) {
  const auto ip = text_in(address, "ip"), host = text_in(address, "hostname");
  check_ip(errors, field + ".ip", ip);
  if (!host.empty()) add_invalid(errors, field + ".hostname", json::Value(host), dns1123_label_errors(host));
  check_present(errors, address, field, "nodeName", dns1123_subdomain_errors);
  check_endpoint_ip(errors, field + ".ip", ip);
}

void check_subset(FieldErrors& errors, const json::Value& subset, const std::string& field) {
  const auto& ready = json::array_or_empty(subset, "addresses");
  const auto& waiting = json::array_or_empty(subset, "notReadyAddresses");
  const auto& ports = json::array_or_empty(subset, "ports");
  if (ready.empty() && waiting.empty()) errors.required(field, "must specify `addresses` or `notReadyAddresses`");
  for (std::size_t i = 0; i < ready.size(); ++i)
    check_address(errors, ready[i], fmt::format("{}.addresses[{}]", field, i));
  for (std::size_t i = 0; i < waiting.size(); ++i)
    check_address(errors, waiting[i], fmt::format("{}.notReadyAddresses[{}]", field, i));
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto here = fmt::format("{}.ports[{}]", field, i);
    const auto name = text_in(ports[i], "name");
    if (ports.size() > 1 && name.empty()) {
      errors.required(here + ".name");
    } else if (!name.empty()) {
      add_invalid(errors, here + ".name", json::Value(name), dns1123_label_errors(name));
    }
    const auto port = json::int_or(ports[i], "port");
    add_invalid(errors, here + ".port", port, port_number_errors(port));
    check_protocol(errors, here + ".protocol", text_in(ports[i], "protocol"));
    check_present(errors, ports[i], here, "appProtocol", qualified_name_errors);
  }
}

FieldErrors check_endpoints(const json::Object& endpoints) {
  FieldErrors errors;
  const auto& subsets = list_at(endpoints, {"subsets"});
  for (std::size_t i = 0; i < subsets.size(); ++i) check_subset(errors, subsets[i], fmt::format("subsets[{}]", i));
  return errors;
}

FieldErrors validate_new_endpoints(const json::Object& endpoints) {
  auto errors = validate_meta(endpoints, true, dns1123_subdomain_errors);
  errors.add(check_endpoints(endpoints));
  return errors;
}

FieldErrors validate_changed_endpoints(const json::Object& now, const json::Object& before) {
  auto errors = validate_meta_update(now, before);
  errors.add(validate_new_endpoints(now));
  return errors;
}

void default_slice(json::Object& slice) {
  auto* ports = slice.if_contains("ports");
  if (ports == nullptr || !ports->is_array()) return;
  for (auto& port : ports->get_array()) {
    set_default(port.as_object(), "name", "");
    set_default(port.as_object(), "protocol", "TCP");
  }
}

// The older form of a topology is dropped.
void prepare_new_slice(json::Object& slice) {
  auto* endpoints = slice.if_contains("endpoints");
  if (endpoints == nullptr || !endpoints->is_array()) return;
  for (auto& endpoint : endpoints->get_array()) endpoint.as_object().erase("deprecatedTopology");
}
void prepare_changed_slice(json::Object& now, const json::Object& before) {
  if (list_at(now, {"endpoints"}) != list_at(before, {"endpoints"})) prepare_new_slice(now);
}

void check_slice_address(FieldErrors& errors, std::string_view type, const std::string& list, std::size_t index,
                         std::string_view address) {
  const auto field = fmt::format("{}[{}]", list, index);
  if (type == "FQDN") {
    add_invalid(errors, field, json::Value(address), dns1123_subdomain_errors(address));
    return;
  }
  if (type != "IPv4" && type != "IPv6") return;
  const auto so_far = errors.list().size();
  check_ip(errors, field, address);
  if (errors.list().size() != so_far) return;
  if (is_ipv6(address) != (type == "IPv6"))
    errors.invalid(list, json::Value(address), fmt::format("must be an {} address", type));
  check_endpoint_ip(errors, field, address);
}

void check_slice_ports(FieldErrors& errors, const json::Array& ports) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto field = fmt::format("ports[{}]", i);
    const std::string name(text_in(ports[i], "name"));
    if (!name.empty()) add_invalid(errors, field + ".name", json::Value(name), dns1123_label_errors(name));
    if (!names.insert(name).second) errors.duplicate(field + ".name", json::Value(name));
    check_protocol_is_known(errors, field + ".protocol", text_in(ports[i], "protocol"));
    check_present(errors, ports[i], field, "appProtocol", qualified_name_errors);
  }
}

// Zones or nodes that should use an endpoint; each at most once. False when there are too many to look at.
bool check_hints(FieldErrors& errors, const json::Value& endpoint, const std::string& hints, std::string_view key,
                 NameRule rule) {
  constexpr std::size_t kMaxHints = 8;
  const auto& names = list_at(endpoint.as_object(), {"hints", key});
  if (names.size() > kMaxHints) {
    errors.too_many(hints + std::string(key), names.size(), kMaxHints);
    return false;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto field = fmt::format("{}{}[{}].name", hints, key, i);
    const std::string name(text_in(names[i], "name"));
    if (!seen.insert(name).second) errors.duplicate(field, json::Value(name));
    add_invalid(errors, field, json::Value(name), rule(name));
  }
  return true;
}

FieldErrors check_slice(const json::Object& slice) {
  constexpr std::size_t kMaxEndpoints = 1000, kMaxAddresses = 100;
  FieldErrors errors;
  const auto type = text_at(slice, {"addressType"});
  if (type.empty()) {
    errors.required("addressType");
  } else if (type != "IPv4" && type != "IPv6" && type != "FQDN") {
    errors.not_supported("addressType", json::Value(type), {"FQDN", "IPv4", "IPv6"});
  }
  check_slice_ports(errors, list_at(slice, {"ports"}));
  const auto& endpoints = list_at(slice, {"endpoints"});
  if (endpoints.size() > kMaxEndpoints) {
    errors.too_many("endpoints", endpoints.size(), kMaxEndpoints);
    return errors;
  }
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const auto field = fmt::format("endpoints[{}]", i);
    const auto& addresses = json::array_or_empty(endpoints[i], "addresses");
    if (addresses.empty()) errors.required(field + ".addresses", "must contain at least 1 address");
    if (addresses.size() > kMaxAddresses) errors.too_many(field + ".addresses", addresses.size(), kMaxAddresses);
    for (std::size_t k = 0; k < addresses.size(); ++k)
      check_slice_address(errors, type, field + ".addresses", k, addresses[k].as_string());
    check_present(errors, endpoints[i], field, "nodeName", dns1123_subdomain_errors);
    check_present(errors, endpoints[i], field, "hostname", dns1123_label_errors);
    if (check_hints(errors, endpoints[i], field + ".hints.", "forZones", label_value_errors))
      check_hints(errors, endpoints[i], field + ".hints.", "forNodes", dns1123_subdomain_errors);
  }
  return errors;
}

FieldErrors validate_new_slice(const json::Object& slice) {
  auto errors = validate_meta(slice, true, dns1123_subdomain_errors);
  errors.add(check_slice(slice));
  return errors;
}

FieldErrors validate_changed_slice(const json::Object& now, const json::Object& before) {
  // Addresses that stay as they were are not judged by another type of address.
  auto judged = now;
  if (list_at(now, {"endpoints"}) == list_at(before, {"endpoints"})) copy_member(judged, before, "addressType");
  auto errors = validate_new_slice(judged);
  check_immutable(errors, "addressType", member_or_null(now, "addressType"), member_or_null(before, "addressType"));
  return errors;
}

void check_max(FieldErrors& errors, const json::Object& event, std::string_view key, std::size_t max) {
  if (text_at(event, {key}).size() > max)
    errors.invalid(std::string(key), "", fmt::format("can have at most {} characters", max));
}

void need(FieldErrors& errors, const json::Object& event, std::string_view key, std::string_view field) {
  if (text_at(event, {key}).empty()) errors.required(std::string(field));
}

// An Event stands in the namespace of what it is about (of "default" where that has none).
FieldErrors check_event(const json::Object& event, std::string_view controller_field) {
  FieldErrors errors;
  const auto about = text_at(event, {"involvedObject", "namespace"}), ns = namespace_of(event);
  const bool timed = !text_at(event, {"eventTime"}).empty();
  const bool placed = about.empty() ? ns == "default" || (timed && ns == "kube-system") : timed || about == ns;
  if (!placed) errors.invalid("involvedObject.namespace", json::Value(about), "does not match event.namespace");
  if (!timed) return errors;
  const auto controller = text_at(event, {"reportingComponent"});
  need(errors, event, "reportingComponent", controller_field);
  add_invalid(errors, std::string(controller_field), json::Value(controller), qualified_name_errors(controller));
  need(errors, event, "reportingInstance", "reportingInstance");
  check_max(errors, event, "reportingInstance", 128);
  need(errors, event, "action", "action");
  check_max(errors, event, "action", 128);
  need(errors, event, "reason", "reason");
  check_max(errors, event, "reason", 128);
  check_max(errors, event, "message", 1024);
  return errors;
}

FieldErrors validate_core_event(const json::Object& event) { return check_event(event, "reportingComponent"); }
FieldErrors validate_changed_core_event(const json::Object& now, const json::Object& /*before*/) {
  return check_event(now, "reportingComponent");
}

void check_series(FieldErrors& errors, const json::Object& event) {
  if (!event.contains("series")) return;
  if (int_at(event, {"series", "count"}) < 2) errors.invalid("series.count", "", "should be at least 2");
  if (text_at(event, {"series", "lastObservedTime"}).empty()) errors.required("series.lastObservedTime");
}

FieldErrors validate_new_event(const json::Object& event) {
  auto errors = check_event(event, "reportingController");
  errors.add(validate_meta(event, true, dns1123_subdomain_errors));
  check_series(errors, event);
  need(errors, event, "eventTime", "eventTime");
  const auto type = text_at(event, {"type"});
  if (type != "Normal" && type != "Warning") errors.invalid("type", "", fmt::format("has invalid value: {}", type));
  for (const auto* key : {"firstTimestamp", "lastTimestamp"}) {
    if (!text_at(event, {key}).empty()) errors.invalid(key, "", "needs to be unset");
  }
  if (int_at(event, {"count"}) != 0) errors.invalid("count", "", "needs to be unset");
  if (!text_at(event, {"source", "component"}).empty() || !text_at(event, {"source", "host"}).empty())
    errors.invalid("source", "", "needs to be unset");
  return errors;
}

FieldErrors validate_changed_event(const json::Object& now, const json::Object& before) {
  auto errors = check_event(now, "reportingController");
  errors.add(validate_meta_update(now, before));
  if (member_or_null(now, "series") != member_or_null(before, "series")) check_series(errors, now);
  for (const auto* key : {"involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count",
                          "reason", "type", "eventTime", "action", "related"}) {
    check_immutable(errors, key, member_or_null(now, key), member_or_null(before, key));
  }
  return errors;
}

}  // namespace

Rules endpoints_rules() {
  return {.set_defaults = default_endpoints,
          .validate_create = validate_new_endpoints,
          .validate_update = validate_changed_endpoints};
}
Rules endpoint_slice_rules() {
  return {.set_defaults = default_slice,
          .prepare_create = prepare_new_slice,
          .prepare_update = prepare_changed_slice,
          .validate_create = validate_new_slice,
          .validate_update = validate_changed_slice};
}
Rules event_rules() {
  return {.validate_create = validate_core_event, .validate_update = validate_changed_core_event};
}
Rules new_event_rules() { return {.validate_create = validate_new_event, .validate_update = validate_changed_event}; }

}  // namespace fairway::kube_api
