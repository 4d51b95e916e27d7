#include "kube_api/discovery/openapi.h"

#include <map>

#include <fmt/format.h>

#include "kube_api/discovery/openapi_schemas.h"
#include "kube_api/kinds/kinds.h"

namespace fairway::kube_api {
namespace {

json::Object info() { return {{"title", "Kubernetes"}, {"version", "v1.36.3+fairway-" FAIRWAY_VERSION}}; }

std::string place_of(std::string_view group) { return group.empty() ? "api/v1" : fmt::format("apis/{}/v1", group); }

std::set<std::string> groups() {
  std::set<std::string> names;
  for (const auto& kind : all_kinds()) names.insert(kind.group);
  return names;
}

// FNV-1a: only says whether a document changed.
std::string mark_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return fmt::format("{:016X}", hash);
}

std::string make_v3(const std::string& group) {
  std::set<std::string> types;
  for (const auto& kind : all_kinds()) {
    if (kind.group != group) continue;
    types.insert(kind.type);
    types.insert(kind.type + "List");
  }
  types.insert({"meta.DeleteOptions", "meta.Status"});
  if (group.empty()) types.insert("core.Binding");
  if (group == "apps") types.insert("autoscaling.Scale");
  json::Object document{{"openapi", "3.0.0"}, {"info", info()}};
  document["paths"] = openapi_paths(OpenApi::v3, &group);
  document["components"] = json::Object{{"schemas", openapi_definitions(OpenApi::v3, &types)}};
  return json::write(document);
}

const std::map<std::string, std::string>& v3_documents() {
  static const auto documents = [] {
    std::map<std::string, std::string> made;
    for (const auto& group : groups()) made[place_of(group)] = make_v3(group);
    return made;
  }();
  return documents;
}

}  // namespace

json::Value make_openapi_v2() {
  json::Object document{{"swagger", "2.0"}, {"info", info()}};
  document["paths"] = openapi_paths(OpenApi::v2, nullptr);
  document["definitions"] = openapi_definitions(OpenApi::v2, nullptr);
  return document;
}

const std::string& openapi_v2_json() {
  static const auto text = json::write(make_openapi_v2());
  return text;
}

const std::string& openapi_v2_protobuf() {
  static const auto bytes = encode_openapi_v2(make_openapi_v2());
  return bytes;
}

const std::string& openapi_v3_index() {
  static const auto text = [] {
    json::Object paths;
    for (const auto& [place, document] : v3_documents()) {
      paths[place] =
          json::Object{{"serverRelativeURL", fmt::format("/openapi/v3/{}?hash={}", place, mark_of(document))}};
    }
    return json::write(json::Object{{"paths", std::move(paths)}});
  }();
  return text;
}

std::optional<std::string> openapi_v3_json(std::string_view group_version) {
  const auto& documents = v3_documents();
  const auto found = documents.find(std::string(group_version));
  return found == documents.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace fairway::kube_api
