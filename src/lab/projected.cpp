#include "lab/projected.h"

#include <algorithm>

namespace fairway::lab {

namespace {

using Files = std::map<std::string, std::string>;

// All keys, or those that `items` names, under the paths that they give.
void add_data(const json::Value& source, const Files* data, Files& to) {
  if (data == nullptr) return;
  const json::Array& items = json::array_or_empty(source, "items");
  if (items.empty()) to.insert(data->begin(), data->end());
  for (const auto& item : items) {
    const auto found = data->find(json::string_or(item, "key"));
    if (found != data->end()) to[json::string_or(item, "path")] = found->second;
  }
}

void add_fields(const json::Value& pod, const json::Value& source, const PodPlace& place, Files& to) {
  for (const auto& item : json::array_or_empty(source, "items")) {
    const auto value = pod_field(pod, place, json::string_or(item, "fieldRef.fieldPath"));
    if (value) to[json::string_or(item, "path")] = *value;
  }
}

// A path must stay inside the volume.
bool leads_out(const std::string& path) {
  return path.empty() || path.starts_with('/') || path == ".." || path.starts_with("../") ||
         path.find("/../") != std::string::npos || path.ends_with("/..");
}

}  // namespace

std::vector<WantedToken> wanted_tokens(const json::Value& pod) {
  std::vector<WantedToken> tokens;
  for (const auto& volume : json::array_or_empty(pod, "spec.volumes")) {
    for (const auto& source : json::array_or_empty(volume, "projected.sources")) {
      const json::Value* token = json::find(source, "serviceAccountToken");
      const std::string path = token == nullptr ? "" : json::string_or(*token, "path");
      if (leads_out(path)) continue;
      tokens.push_back({json::string_or(volume, "name"), path, json::string_or(*token, "audience"),
                        json::int_or(*token, "expirationSeconds", 3600)});
    }
  }
  return tokens;
}

json::Value token_request(const json::Value& pod, const WantedToken& token) {
  json::Object bound{{"kind", "Pod"},
                     {"apiVersion", "v1"},
                     {"name", json::string_or(pod, "metadata.name")},
                     {"uid", json::string_or(pod, "metadata.uid")}};
  json::Object spec{{"expirationSeconds", token.seconds}, {"boundObjectRef", std::move(bound)}};
  if (!token.audience.empty()) spec["audiences"] = json::Array{json::Value(token.audience)};
  return json::Object{
      {"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenRequest"}, {"spec", std::move(spec)}};
}

Files projected_files(const json::Value& pod, const json::Value& volume, const PodPlace& place,
                      const ConfigLookup& lookup) {
  Files files;
  for (const auto& source : json::array_or_empty(volume, "projected.sources")) {
    for (const auto& [member, kind] : {std::pair("configMap", "configmaps"), std::pair("secret", "secrets")}) {
      const json::Value* from = json::find(source, member);
      if (from != nullptr) add_data(*from, lookup(kind, json::string_or(*from, "name")), files);
    }
    if (const json::Value* from = json::find(source, "downwardAPI")) add_fields(pod, *from, place, files);
  }
  std::erase_if(files, [](const auto& file) { return leads_out(file.first); });
  return files;
}

}  // namespace fairway::lab
