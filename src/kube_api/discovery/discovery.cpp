#include "kube_api/discovery/discovery.h"

#include <map>
#include <vector>

#include "base/strings.h"
#include "kube_api/kinds/kinds.h"

namespace fairway::kube_api {
namespace {

json::Array texts(const std::vector<std::string>& list) {
  json::Array array;
  for (const auto& text : list) array.push_back(json::Value(text));
  return array;
}

const std::vector<std::string>& all_verbs() {
  static const std::vector<std::string> verbs{"create", "delete", "deletecollection", "get",
                                              "list",   "patch",  "update",           "watch"};
  return verbs;
}

std::vector<std::string> verbs_of(const Kind& kind) {
  auto verbs = all_verbs();
  if (kind.storage == "namespaces") std::erase(verbs, "deletecollection");
  return verbs;
}

struct Subresource {
  std::string name, group, version, kind;
  std::vector<std::string> verbs;
};

std::vector<Subresource> subresources_of(const Kind& kind) {
  std::vector<Subresource> list;
  for (const auto& name : kind.subresources) {
    if (name == "binding") list.push_back({name, "", "", "Binding", {"create"}});
    if (name == "eviction") list.push_back({name, "policy", "v1", "Eviction", {"create"}});
    if (name == "log") list.push_back({name, "", "", "Pod", {"get"}});
    if (name == "finalize") list.push_back({name, "", "", "Namespace", {"update"}});
    if (name == "scale") list.push_back({name, "autoscaling", "v1", "Scale", {"get", "patch", "update"}});
  }
  if (kind.has_status) list.push_back({"status", "", "", kind.kind, {"get", "patch", "update"}});
  return list;
}

json::Value resource_list(std::string_view group, std::string_view version) {
  json::Array resources;
  for (const auto& kind : all_kinds()) {
    if (kind.group != group || kind.version != version) continue;
    json::Object resource{{"name", kind.plural},
                          {"singularName", kind.singular},
                          {"namespaced", kind.namespaced},
                          {"kind", kind.kind},
                          {"verbs", texts(verbs_of(kind))}};
    if (!kind.short_names.empty()) resource["shortNames"] = texts(kind.short_names);
    if (!kind.categories.empty()) resource["categories"] = texts(kind.categories);
    resources.push_back(std::move(resource));
    for (const auto& sub : subresources_of(kind)) {
      json::Object item{
          {"name", kind.plural + "/" + sub.name}, {"singularName", ""}, {"namespaced", kind.namespaced}};
      if (!sub.group.empty()) item["group"] = sub.group;
      if (!sub.version.empty()) item["version"] = sub.version;
      item["kind"] = sub.kind;
      item["verbs"] = texts(sub.verbs);
      resources.push_back(std::move(item));
    }
  }
  const auto group_version = group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
  json::Object list{{"kind", "APIResourceList"}, {"apiVersion", "v1"}, {"groupVersion", group_version}};
  if (!group.empty()) list.erase("apiVersion"), list["apiVersion"] = "v1";
  list["resources"] = std::move(resources);
  return list;
}

std::vector<std::string> groups() {
  std::vector<std::string> list;
  for (const auto& kind : all_kinds()) {
    if (!kind.group.empty() && std::ranges::find(list, kind.group) == list.end()) list.push_back(kind.group);
  }
  return list;
}

json::Object group_of(const std::string& name) {
  const json::Object version{{"groupVersion", name + "/v1"}, {"version", "v1"}};
  return {{"name", name}, {"versions", json::Array{version}}, {"preferredVersion", version}};
}

json::Object response_kind(std::string_view group, std::string_view version, std::string_view kind) {
  return {{"group", group}, {"version", version}, {"kind", kind}};
}

json::Object aggregated_resource(const Kind& kind) {
  json::Object resource{{"resource", kind.plural},
                        {"responseKind", response_kind(kind.group, kind.version, kind.kind)}};
  resource["scope"] = kind.namespaced ? "Namespaced" : "Cluster";
  resource["singularResource"] = kind.singular;
  resource["verbs"] = texts(verbs_of(kind));
  if (!kind.short_names.empty()) resource["shortNames"] = texts(kind.short_names);
  if (!kind.categories.empty()) resource["categories"] = texts(kind.categories);
  json::Array subs;
  for (const auto& sub : subresources_of(kind)) {
    const auto& group = sub.group.empty() ? kind.group : sub.group;
    const auto& version = sub.version.empty() ? kind.version : sub.version;
    subs.push_back(json::Object{{"subresource", sub.name},
                                {"responseKind", response_kind(group, version, sub.kind)},
                                {"verbs", texts(sub.verbs)}});
  }
  if (!subs.empty()) resource["subresources"] = std::move(subs);
  return resource;
}

json::Object aggregated_group(const std::string& name) {
  json::Array resources;
  for (const auto& kind : all_kinds()) {
    if (kind.group == name) resources.push_back(aggregated_resource(kind));
  }
  json::Object metadata{{"creationTimestamp", nullptr}};
  if (!name.empty()) metadata["name"] = name;
  return {{"metadata", std::move(metadata)},
          {"versions", json::Array{json::Object{
                           {"version", "v1"}, {"resources", std::move(resources)}, {"freshness", "Current"}}}}};
}

}  // namespace

std::optional<json::Value> discovery_document(std::string_view path, const std::string& address) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path == "/version") return version_document();
  if (path == "/api") {
    return json::Object{{"kind", "APIVersions"},
                        {"versions", json::Array{"v1"}},
                        {"serverAddressByClientCIDRs",
                         json::Array{json::Object{{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", address}}}}};
  }
  if (path == "/apis") {
    json::Array list;
    for (const auto& group : groups()) list.push_back(group_of(group));
    return json::Object{{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(list)}};
  }
  if (path == "/api/v1") return resource_list("", "v1");
  for (const auto& group : groups()) {
    if (path == "/apis/" + group + "/v1") return resource_list(group, "v1");
    if (path == "/apis/" + group) {
      json::Object document{{"kind", "APIGroup"}, {"apiVersion", "v1"}};
      for (const auto& member : group_of(group)) document[member.key()] = member.value();
      return document;
    }
  }
  return std::nullopt;
}

json::Value aggregated_discovery(std::string_view path, std::string_view version) {
  json::Array items;
  if (path.starts_with("/apis")) {
    for (const auto& group : groups()) items.push_back(aggregated_group(group));
  } else {
    items.push_back(aggregated_group(""));
  }
  return json::Object{{"kind", "APIGroupDiscoveryList"},
                      {"apiVersion", "apidiscovery.k8s.io/" + std::string(version)},
                      {"metadata", json::Object{}},
                      {"items", std::move(items)}};
}

json::Value version_document() {
  return json::Object{{"major", "1"},
                      {"minor", "36"},
                      {"emulationMajor", "1"},
                      {"emulationMinor", "36"},
                      {"minCompatibilityMajor", "1"},
                      {"minCompatibilityMinor", "35"},
                      {"gitVersion", "v1.36.3+fairway-" FAIRWAY_VERSION},
                      {"gitCommit", ""},
                      {"gitTreeState", ""},
                      {"buildDate", "1970-01-01T00:00:00Z"},
                      {"goVersion", ""},
                      {"compiler", "clang"},
                      {"platform", "linux/amd64"}};
}

}  // namespace fairway::kube_api
