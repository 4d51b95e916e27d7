#include "lab/images.h"

#include <algorithm>

#include "base/strings.h"

namespace fairway::lab {

namespace {

bool is_name(std::string_view text) {
  if (text.empty() || text.front() == '/' || text.back() == '/') return false;
  return std::ranges::all_of(text, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '/' ||
           c == ':';
  });
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > 128 || text.front() == '.' || text.front() == '-') return false;
  return std::ranges::all_of(
      text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-'; });
}

// The first segment is a registry when it looks like a host.
bool is_registry(std::string_view segment) {
  return segment == "localhost" || segment.find_first_of(".:") != std::string_view::npos;
}

void read_files(config::Section& entry, Image& image) {
  for (config::Section& file : entry.list("files")) {
    std::string path;
    file.require("path", path);
    if (!path.empty() && path.front() != '/') file.problem("path", path + " does not begin with /");
    file.read("content", image.files[path]);
    file.finish();
  }
}

void read_environment(config::Section& entry, Image& image) {
  std::vector<std::string> variables;
  entry.read("env", variables);
  for (const std::string& variable : variables) {
    const auto equals = variable.find('=');
    if (equals == std::string::npos || equals == 0) {
      entry.problem("env", variable + " is not NAME=VALUE");
    } else {
      image.env[variable.substr(0, equals)] = variable.substr(equals + 1);
    }
  }
}

}  // namespace

std::optional<ImageReference> parse_image(std::string_view text) {
  ImageReference reference;
  std::string digest;
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    digest = std::string(text.substr(at));
    text = text.substr(0, at);
  }
  const auto slash = text.rfind('/');
  const auto colon = text.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon != std::string_view::npos) {
    if (!is_tag(text.substr(colon + 1))) return std::nullopt;
    reference.tag = std::string(text.substr(colon + 1));
    text = text.substr(0, colon);
  }
  if (!is_name(text)) return std::nullopt;
  if (reference.tag.empty() && digest.empty()) reference.tag = "latest";

  std::string registry = "docker.io";
  std::string_view path = text;
  if (const auto first = text.find('/'); first != std::string_view::npos && is_registry(text.substr(0, first))) {
    registry = std::string(text.substr(0, first));
    path = text.substr(first + 1);
  }
  if (path.find(':') != std::string_view::npos) return std::nullopt;
  reference.name = std::string(path.starts_with("library/") ? path.substr(8) : path);
  std::string full = reference.name;
  if (registry == "docker.io" && full.find('/') == std::string::npos) full.insert(0, "library/");
  reference.canonical = registry + "/" + full + (reference.tag.empty() ? "" : ":" + reference.tag) + digest;
  return reference;
}

void read_images(config::Section& section, Catalogue& catalogue) {
  for (auto& [name, entry] : section.entries("images")) {
    Image image;
    entry.read("entrypoint", image.entrypoint);
    entry.read("command", image.command);
    entry.read("user", image.user);
    entry.read("working_dir", image.working_dir);
    entry.read("tags", image.tags);
    entry.read("stop_signal", image.stop_signal);
    if (image.stop_signal != "SIGTERM" && image.stop_signal != "SIGQUIT" && image.stop_signal != "SIGINT")
      entry.problem("stop_signal", image.stop_signal + " is none of SIGTERM, SIGQUIT, SIGINT");
    read_files(entry, image);
    read_environment(entry, image);
    entry.finish();
    if (image.entrypoint.empty() && image.command.empty())
      entry.problem("command", "an image runs something: give entrypoint or command");
    catalogue[name] = std::move(image);
  }
}

const Image* find_image(const Catalogue& catalogue, const ImageReference& reference) {
  auto found = catalogue.find(reference.name);
  if (found == catalogue.end()) {
    const auto slash = reference.name.rfind('/');
    if (slash != std::string::npos) found = catalogue.find(reference.name.substr(slash + 1));
  }
  if (found == catalogue.end()) return nullptr;
  const auto& tags = found->second.tags;
  if (!tags.empty() && !reference.tag.empty() && std::ranges::find(tags, reference.tag) == tags.end()) return nullptr;
  return &found->second;
}

}  // namespace fairway::lab
