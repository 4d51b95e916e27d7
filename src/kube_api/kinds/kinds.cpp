#include "kube_api/kinds/kinds.h"

#include <algorithm>

#include "kube_api/kinds/field_lists.h"
#include "kube_api/kinds/rules.h"
#include "kube_api/kinds/table_cells.h"
#include "kube_api/object/event_forms.h"

namespace fairway::kube_api {
namespace {

const TableColumn kName{"Name", "string", "name"};
const TableColumn kAge{"Age"};

TableColumn wide(std::string name) { return {std::move(name), "string", "", 1}; }

Kind namespaces() {
  Kind kind{.group = "",
            .version = "v1",
            .kind = "Namespace",
            .plural = "namespaces",
            .singular = "namespace",
            .type = "core.Namespace"};
  kind.short_names = {"ns"};
  kind.namespaced = false;
  kind.has_status = true;
  kind.subresources = {"finalize"};
  kind.rules = namespace_rules();
  kind.columns = {kName, {"Status"}, kAge};
  kind.cells = namespace_cells;
  kind.fields = namespace_fields;
  return kind;
}

Kind nodes() {
  Kind kind{.group = "", .version = "v1", .kind = "Node", .plural = "nodes", .singular = "node", .type = "core.Node"};
  kind.short_names = {"no"};
  kind.namespaced = false;
  kind.has_status = true;
  kind.rules = node_rules();
  kind.columns = {kName,
                  {"Status"},
                  {"Roles"},
                  kAge,
                  {"Version"},
                  wide("Internal-IP"),
                  wide("External-IP"),
                  wide("OS-Image"),
                  wide("Kernel-Version"),
                  wide("Container-Runtime")};
  kind.cells = node_cells;
  kind.fields = node_fields;
  return kind;
}

Kind pods() {
  Kind kind{.group = "", .version = "v1", .kind = "Pod", .plural = "pods", .singular = "pod", .type = "core.Pod"};
  kind.short_names = {"po"};
  kind.categories = {"all"};
  kind.has_status = true;
  kind.subresources = {"binding", "log", "eviction"};
  kind.generation = true;
  kind.rules = pod_rules();
  kind.columns = {kName,
                  {"Ready"},
                  {"Status"},
                  {"Restarts"},
                  kAge,
                  wide("IP"),
                  wide("Node"),
                  wide("Nominated Node"),
                  wide("Readiness Gates")};
  kind.cells = pod_cells;
  kind.fields = pod_fields;
  return kind;
}

Kind services() {
  Kind kind{.group = "",
            .version = "v1",
            .kind = "Service",
            .plural = "services",
            .singular = "service",
            .type = "core.Service"};
  kind.short_names = {"svc"};
  kind.categories = {"all"};
  kind.has_status = true;
  kind.create_on_update = true;
  kind.rules = service_rules();
  kind.columns = {kName, {"Type"}, {"Cluster-IP"}, {"External-IP"}, {"Port(s)"}, kAge, wide("Selector")};
  kind.cells = service_cells;
  kind.fields = service_fields;
  return kind;
}

Kind endpoints() {
  Kind kind{.group = "",
            .version = "v1",
            .kind = "Endpoints",
            .plural = "endpoints",
            .singular = "endpoints",
            .type = "core.Endpoints"};
  kind.short_names = {"ep"};
  kind.create_on_update = true;
  kind.deprecation = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";
  kind.rules = endpoints_rules();
  kind.columns = {kName, {"Endpoints"}, kAge};
  kind.cells = endpoints_cells;
  return kind;
}

Kind endpoint_slices() {
  Kind kind{.group = "discovery.k8s.io",
            .version = "v1",
            .kind = "EndpointSlice",
            .plural = "endpointslices",
            .singular = "endpointslice",
            .type = "discovery.EndpointSlice"};
  kind.generation = true;
  kind.rules = endpoint_slice_rules();
  kind.columns = {kName, {"AddressType"}, {"Ports"}, {"Endpoints"}, kAge};
  kind.cells = endpoint_slice_cells;
  return kind;
}

std::vector<TableColumn> event_columns() {
  return {{"Last Seen"},  {"Type"},    {"Reason"},         {"Object"},    wide("Subobject"),
          wide("Source"), {"Message"}, wide("First Seen"), wide("Count"), {"Name", "string", "name", 1}};
}

Kind core_events() {
  Kind kind{
      .group = "", .version = "v1", .kind = "Event", .plural = "events", .singular = "event", .type = "core.Event"};
  kind.short_names = {"ev"};
  kind.create_on_update = true;
  kind.rules = event_rules();
  kind.columns = event_columns();
  kind.cells = event_cells;
  kind.fields = event_fields;
  return kind;
}

Kind new_events() {
  Kind kind{.group = "events.k8s.io",
            .version = "v1",
            .kind = "Event",
            .plural = "events",
            .singular = "event",
            .type = "events.Event"};
  kind.short_names = {"ev"};
  kind.create_on_update = true;
  kind.rules = new_event_rules();
  kind.columns = event_columns();
  kind.cells = event_cells;
  kind.fields = event_fields;
  kind.to_stored = event_to_core;
  kind.from_stored = event_from_core;
  return kind;
}

Kind leases() {
  Kind kind{.group = "coordination.k8s.io",
            .version = "v1",
            .kind = "Lease",
            .plural = "leases",
            .singular = "lease",
            .type = "coordination.Lease"};
  kind.create_on_update = true;
  kind.unconditional_update = false;
  kind.rules = lease_rules();
  kind.columns = {kName, {"Holder"}, kAge};
  kind.cells = lease_cells;
  return kind;
}

Kind secrets() {
  Kind kind{.group = "",
            .version = "v1",
            .kind = "Secret",
            .plural = "secrets",
            .singular = "secret",
            .type = "core.Secret"};
  kind.rules = secret_rules();
  kind.columns = {kName, {"Type"}, {"Data"}, kAge};
  kind.cells = secret_cells;
  kind.fields = secret_fields;
  return kind;
}

Kind config_maps() {
  Kind kind{.group = "",
            .version = "v1",
            .kind = "ConfigMap",
            .plural = "configmaps",
            .singular = "configmap",
            .type = "core.ConfigMap"};
  kind.short_names = {"cm"};
  kind.rules = config_map_rules();
  kind.columns = {kName, {"Data"}, kAge};
  kind.cells = config_map_cells;
  return kind;
}

Kind service_accounts() {
  Kind kind{.group = "",
            .version = "v1",
            .kind = "ServiceAccount",
            .plural = "serviceaccounts",
            .singular = "serviceaccount",
            .type = "core.ServiceAccount"};
  kind.short_names = {"sa"};
  kind.rules = service_account_rules();
  kind.columns = {kName, kAge};
  kind.cells = service_account_cells;
  return kind;
}

Kind deployments() {
  Kind kind{.group = "apps",
            .version = "v1",
            .kind = "Deployment",
            .plural = "deployments",
            .singular = "deployment",
            .type = "apps.Deployment"};
  kind.short_names = {"deploy"};
  kind.categories = {"all"};
  kind.has_status = true;
  kind.subresources = {"scale"};
  kind.generation = kind.generation_counts_annotations = true;
  kind.rules = deployment_rules();
  kind.columns = {kName, {"Ready"},          {"Up-to-date"}, {"Available"},
                  kAge,  wide("Containers"), wide("Images"), wide("Selector")};
  kind.cells = deployment_cells;
  return kind;
}

Kind replica_sets() {
  Kind kind{.group = "apps",
            .version = "v1",
            .kind = "ReplicaSet",
            .plural = "replicasets",
            .singular = "replicaset",
            .type = "apps.ReplicaSet"};
  kind.short_names = {"rs"};
  kind.categories = {"all"};
  kind.has_status = true;
  kind.subresources = {"scale"};
  kind.generation = true;
  kind.rules = replica_set_rules();
  kind.columns = {kName, {"Desired", "integer"}, {"Current", "integer"}, {"Ready", "integer"},
                  kAge,  wide("Containers"),     wide("Images"),         wide("Selector")};
  kind.cells = replica_set_cells;
  return kind;
}

}  // namespace

const Kind& scale_kind() {
  static const auto scale = [] {
    Kind kind{.group = "autoscaling", .version = "v1", .kind = "Scale", .type = "autoscaling.Scale"};
    kind.columns = {kName, {"Desired", "integer"}, {"Available", "integer"}, kAge};
    kind.cells = scale_cells;
    return kind;
  }();
  return scale;
}

const std::vector<Kind>& all_kinds() {
  static const auto kinds = [] {
    std::vector<Kind> list{config_maps(),  endpoints(),       core_events(),      namespaces(), nodes(),
                           pods(),         secrets(),         service_accounts(), services(),   deployments(),
                           replica_sets(), endpoint_slices(), new_events(),       leases()};
    for (auto& kind : list) kind.storage = kind.plural;
    return list;
  }();
  return kinds;
}

const Kind* find_kind(std::string_view group, std::string_view version, std::string_view plural) {
  const auto& kinds = all_kinds();
  const auto found = std::ranges::find_if(kinds, [&](const Kind& kind) {
    return kind.group == group && kind.version == version && kind.plural == plural;
  });
  return found == kinds.end() ? nullptr : &*found;
}

const Kind& stored_kind(std::string_view storage) {
  const auto& kinds = all_kinds();
  const auto found = std::ranges::find_if(
      kinds, [&](const Kind& kind) { return kind.storage == storage && kind.to_stored == nullptr; });
  FW_CHECK(found != kinds.end());
  return *found;
}

}  // namespace fairway::kube_api
