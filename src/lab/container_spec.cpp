#include "lab/container_spec.h"

#include <set>

#include <fmt/format.h>

namespace fairway::lab {

namespace {

using Variables = std::map<std::string, std::string>;

std::string text_of(const json::Value& value) { return value.is_string() ? std::string(value.get_string()) : ""; }

std::string_view singular(std::string_view kind) { return kind == "configmaps" ? "configmap" : "secret"; }

Result<std::optional<std::string>> key_of(const json::Value& reference, std::string_view kind,
                                          const ConfigLookup& lookup) {
  const std::string name = json::string_or(reference, "name");
  const std::string key = json::string_or(reference, "key");
  const bool optional = json::bool_or(reference, "optional");
  const auto* data = lookup(kind, name);
  if (data == nullptr) {
    if (optional) return std::nullopt;
    return fail(Errc::invalid, fmt::format("{} \"{}\" not found", singular(kind), name));
  }
  const auto found = data->find(key);
  if (found == data->end()) {
    if (optional) return std::nullopt;
    return fail(Errc::invalid, fmt::format("couldn't find key {} in {} {}", key,
                                           kind == "configmaps" ? "ConfigMap" : "Secret", name));
  }
  return found->second;
}

struct Source {
  const json::Value& pod;
  const PodPlace& place;
  const ConfigLookup& lookup;
};

Result<std::optional<std::string>> value_from(const json::Value& from, const Source& source) {
  if (const auto* path = json::find(from, "fieldRef.fieldPath")) {
    FW_TRY(auto value, pod_field(source.pod, source.place, text_of(*path)));
    return value;
  }
  if (const auto* reference = json::find(from, "configMapKeyRef"))
    return key_of(*reference, "configmaps", source.lookup);
  if (const auto* reference = json::find(from, "secretKeyRef")) return key_of(*reference, "secrets", source.lookup);
  if (json::find(from, "resourceFieldRef") != nullptr)
    return fail(Errc::invalid, "resourceFieldRef is not offered by this node: resources are not limited here");
  return std::nullopt;
}

Result<> add_env_from(const json::Value& container, const Source& source, Variables& to) {
  for (const auto& item : json::array_or_empty(container, "envFrom")) {
    const std::string prefix = json::string_or(item, "prefix");
    for (const std::string kind : {"configmaps", "secrets"}) {
      const auto* reference = json::find(item, kind == "configmaps" ? "configMapRef" : "secretRef");
      if (reference == nullptr) continue;
      const std::string name = json::string_or(*reference, "name");
      const auto* data = source.lookup(kind, name);
      if (data == nullptr && json::bool_or(*reference, "optional")) continue;
      if (data == nullptr) return fail(Errc::invalid, fmt::format("{} \"{}\" not found", singular(kind), name));
      for (const auto& [key, value] : *data) to[prefix + key] = value;
    }
  }
  return {};
}

Result<Variables> environment(const json::Value& container, const Image& image, const Source& source) {
  Variables variables = image.env;
  variables.try_emplace("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  variables["HOSTNAME"] = json::string_or(source.pod, "metadata.name");
  variables.try_emplace("HOME", image.user == "root" ? "/root" : "/");
  for (const auto& [name, value] : source.place.services) variables[name] = value;
  FW_TRY_DO(add_env_from(container, source, variables));
  for (const auto& item : json::array_or_empty(container, "env")) {
    const std::string name = json::string_or(item, "name");
    if (const auto* from = json::find(item, "valueFrom"); from != nullptr && from->is_object()) {
      FW_TRY(auto value, value_from(*from, source));
      if (value) variables[name] = *value;
    } else {
      variables[name] = expand(json::string_or(item, "value"), variables);
    }
  }
  return variables;
}

std::vector<std::string> words(const json::Value& container, std::string_view key, const Variables& variables) {
  std::vector<std::string> list;
  for (const auto& word : json::array_or_empty(container, key)) list.push_back(expand(text_of(word), variables));
  return list;
}

// A Pod's command replaces the image's entrypoint and, with it, the image's own command.
std::vector<std::string> arguments(const json::Value& container, const Image& image, const Variables& variables) {
  std::vector<std::string> argv = words(container, "command", variables);
  std::vector<std::string> args = words(container, "args", variables);
  if (argv.empty()) {
    argv = image.entrypoint;
    if (args.empty()) args = image.command;
  }
  argv.insert(argv.end(), args.begin(), args.end());
  return argv;
}

std::string user_of(const json::Value& pod, const json::Value& container, const Image& image) {
  const auto number = [&](const char* key) -> std::optional<std::int64_t> {
    for (const json::Value* where :
         {json::find(container, "securityContext"), json::find(pod, "spec.securityContext")}) {
      if (where == nullptr) continue;
      const std::int64_t id = json::int_or(*where, key, -1);
      if (id >= 0) return id;
    }
    return std::nullopt;
  };
  const auto user = number("runAsUser");
  if (!user) return image.user;
  return fmt::format("{}:{}", *user, number("runAsGroup").value_or(0));
}

}  // namespace

Result<std::string> pod_field(const json::Value& pod, const PodPlace& place, const std::string& path) {
  if (path == "status.podIP" || path == "status.podIPs") return place.pod_ip;
  if (path == "status.hostIP" || path == "status.hostIPs") return place.node_ip;
  if (path == "spec.nodeName") return place.node_name;
  if (path == "spec.serviceAccountName") return json::string_or(pod, path, "default");
  if (path == "metadata.name" || path == "metadata.namespace" || path == "metadata.uid")
    return json::string_or(pod, path);
  const auto open = path.find("['");
  if (open != std::string::npos && path.ends_with("']")) {
    const std::string map = path.substr(0, open);
    const auto key = path.substr(open + 2, path.size() - open - 4);
    if (map == "metadata.labels" || map == "metadata.annotations") {
      const auto* value = json::object_or_empty(pod, map).if_contains(key);
      return value == nullptr ? std::string() : text_of(*value);
    }
  }
  return fail(Errc::invalid, fmt::format("unsupported fieldPath: {}", path));
}

std::string expand(std::string_view text, const std::map<std::string, std::string>& variables) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    if (text[i + 1] == '$') {
      out += '$';
      ++i;
      continue;
    }
    const auto close = text[i + 1] == '(' ? text.find(')', i) : std::string_view::npos;
    if (close == std::string_view::npos) {
      out += '$';
      continue;
    }
    const std::string name(text.substr(i + 2, close - i - 2));
    const auto found = variables.find(name);
    out += found == variables.end() ? "$(" + name + ")" : found->second;
    i = close;
  }
  return out;
}

Result<ContainerSpec> container_spec(const json::Value& pod, const json::Value& container, const Image& image,
                                     const PodPlace& place, const ConfigLookup& lookup) {
  const Source source{pod, place, lookup};
  FW_TRY(const Variables variables, environment(container, image, source));
  ContainerSpec spec;
  spec.argv = arguments(container, image, variables);
  if (spec.argv.empty()) return fail(Errc::invalid, "no command specified");
  for (const auto& [name, value] : variables) spec.env.push_back(name + "=" + value);
  const std::string working_dir = json::string_or(container, "workingDir");
  spec.working_dir = working_dir.empty() ? image.working_dir : working_dir;
  spec.user = user_of(pod, container, image);
  spec.hostname = json::string_or(pod, "spec.hostname", json::string_or(pod, "metadata.name"));
  spec.address = place.pod_ip;
  spec.read_only_root = json::bool_or(container, "securityContext.readOnlyRootFilesystem");
  for (const auto& [path, content] : image.files) spec.files.push_back({path, content});
  return spec;
}

std::vector<std::pair<std::string, std::string>> config_references(const json::Value& pod) {
  std::set<std::pair<std::string, std::string>> found;
  const auto note = [&](const json::Value* reference, const char* kind, const char* key) {
    if (reference == nullptr) return;
    if (const std::string name = json::string_or(*reference, key); !name.empty()) found.emplace(kind, name);
  };
  const auto note_container = [&](const json::Value& container) {
    for (const auto& item : json::array_or_empty(container, "env")) {
      note(json::find(item, "valueFrom.configMapKeyRef"), "configmaps", "name");
      note(json::find(item, "valueFrom.secretKeyRef"), "secrets", "name");
    }
    for (const auto& item : json::array_or_empty(container, "envFrom")) {
      note(json::find(item, "configMapRef"), "configmaps", "name");
      note(json::find(item, "secretRef"), "secrets", "name");
    }
  };
  for (const char* list : {"spec.initContainers", "spec.containers"}) {
    for (const auto& container : json::array_or_empty(pod, list)) note_container(container);
  }
  for (const auto& volume : json::array_or_empty(pod, "spec.volumes")) {
    note(json::find(volume, "configMap"), "configmaps", "name");
    note(json::find(volume, "secret"), "secrets", "secretName");
    for (const auto& source : json::array_or_empty(volume, "projected.sources")) {
      note(json::find(source, "configMap"), "configmaps", "name");
      note(json::find(source, "secret"), "secrets", "name");
    }
  }
  return {found.begin(), found.end()};
}

}  // namespace fairway::lab
