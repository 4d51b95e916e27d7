#include "config/reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/nearest.h"
#include "base/strings.h"

namespace fairway::config {

struct File::State {
  std::string name;
  YAML::Node root;
  std::vector<Problem> problems;

  // What relative paths in the file start from.
  [[nodiscard]] std::filesystem::path folder() const { return std::filesystem::path(name).parent_path(); }
};

namespace {

// The content, or why it cannot be had; never anything of what the file holds. Opened first and looked at then, so
// that what was checked is what is read.
Result<std::string> read_secret(const std::string& path) {
  constexpr std::size_t most = 64 * 1024;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return fail_errno(path + " cannot be read", errno);
  struct stat status{};
  std::string content(most + 1, '\0');
  const bool regular = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  const ssize_t got = regular ? ::read(file, content.data(), content.size()) : -1;
  ::close(file);
  if (!regular || got < 0) return fail(Errc::invalid, path + " is no file that can be read");
  if ((status.st_mode & 077U) != 0)
    return fail(Errc::denied, path + " is open to others than its owner; chmod 600 it");
  content.resize(static_cast<std::size_t>(got));
  if (content.size() > most) return fail(Errc::too_large, fmt::format("{} has more than {} bytes", path, most));
  while (content.ends_with('\n') || content.ends_with('\r')) content.pop_back();
  if (content.empty()) return fail(Errc::invalid, path + " is empty");
  return content;
}

// "250ms", "5s", "2m", "1h" in milliseconds.
std::optional<std::int64_t> parse_duration(std::string_view text) {
  static const std::map<std::string_view, std::int64_t> units{
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = parse_int(text.substr(0, digits));
  const auto unit = units.find(text.substr(digits));
  if (!count || unit == units.end() || *count > std::numeric_limits<std::int64_t>::max() / unit->second) {
    return std::nullopt;
  }
  return *count * unit->second;
}

std::string_view kind_of(const YAML::Node& node) {
  if (node.IsMap()) return "a section";
  if (node.IsSequence()) return "a list";
  return node.IsNull() ? "empty" : "a single value";
}

int line_of(const YAML::Node& node) { return node.Mark().line + 1; }

}  // namespace

// A section remembers which keys were asked for, so that finish() knows the strangers.
struct Section::Node {
  std::shared_ptr<File::State> file;
  YAML::Node yaml;  // a map, or undefined when the section is absent
  std::string path;
  int line = 0;
  std::set<std::string> asked;
  bool sound = true;  // false once it has been reported as no section at all

  [[nodiscard]] std::string path_of(std::string_view key) const {
    return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
  }
  [[nodiscard]] std::optional<YAML::Node> find(std::string_view key) {
    asked.insert(std::string(key));
    if (!yaml.IsDefined() || !yaml.IsMap()) return std::nullopt;
    const YAML::Node& constant = yaml;  // a lookup in a const node does not add the key
    const YAML::Node found = constant[std::string(key)];
    if (!found.IsDefined()) return std::nullopt;
    return found;
  }
  void complain(int at, std::string where, std::string what) {
    file->problems.push_back({at, std::move(where), std::move(what)});
  }
  // The text of a single value; a problem when it is something else.
  [[nodiscard]] std::optional<std::pair<std::string, int>> scalar(std::string_view key, std::string_view wanted) {
    const auto found = find(key);
    if (!found) return std::nullopt;
    if (found->IsScalar()) return std::pair(found->Scalar(), line_of(*found));
    complain(line_of(*found), path_of(key), fmt::format("is {}, not {}", kind_of(*found), wanted));
    return std::nullopt;
  }
  [[nodiscard]] std::shared_ptr<Node> child(const YAML::Node& of, std::string where) const {
    auto made = std::make_shared<Node>();
    made->file = file;
    made->yaml.reset(of);
    made->path = std::move(where);
    made->line = of.IsDefined() ? line_of(of) : line;
    made->sound = !of.IsDefined() || of.IsMap() || of.IsNull();
    if (!made->sound) made->complain(made->line, made->path, fmt::format("is {}, not a section", kind_of(of)));
    made->complain_of_duplicates();
    return made;
  }
  // YAML forbids a key twice (1.2.2, section 3.2.1.1); yaml-cpp keeps both and finds the first.
  void complain_of_duplicates() {
    if (!yaml.IsDefined() || !yaml.IsMap()) return;
    std::set<std::string> seen;
    for (const auto& item : yaml) {
      if (!item.first.IsScalar()) continue;
      const auto key = item.first.Scalar();
      if (!seen.insert(key).second)
        complain(line_of(item.first), path_of(key), "stands here a second time; remove one");
    }
  }
};

void Section::read(std::string_view key, bool& value) {
  const auto found = node_->scalar(key, "true or false");
  if (!found) return;
  const auto word = to_lower(found->first);
  const bool yes = word == "true" || word == "yes" || word == "on";
  const bool no = word == "false" || word == "no" || word == "off";
  if (yes || no) {
    value = yes;
  } else {
    node_->complain(found->second, node_->path_of(key), fmt::format("'{}' is neither true nor false", found->first));
  }
}

void Section::read(std::string_view key, std::string& value) {
  if (auto found = node_->scalar(key, "text")) value = std::move(found->first);
}

void Section::read(std::string_view key, std::vector<std::string>& value) {
  const auto found = node_->find(key);
  if (!found) return;
  const bool texts =
      found->IsSequence() && std::ranges::all_of(*found, [](const YAML::Node& item) { return item.IsScalar(); });
  if (!texts) {
    node_->complain(line_of(*found), node_->path_of(key), fmt::format("is {}, not a list of texts", kind_of(*found)));
    return;
  }
  value.clear();
  for (const auto& item : *found) value.push_back(item.Scalar());
}

void Section::read(std::string_view key, std::int64_t& value, IntRange range) {
  const auto found = node_->scalar(key, "a number");
  if (!found) return;
  const auto number = parse_int(found->first);
  if (!number) {
    node_->complain(found->second, node_->path_of(key), fmt::format("'{}' is not a whole number", found->first));
  } else if (*number < range.min || *number > range.max) {
    const auto limits = range.max == INT64_MAX ? fmt::format("less than {}", range.min)
                                               : fmt::format("not between {} and {}", range.min, range.max);
    node_->complain(found->second, node_->path_of(key), fmt::format("{} is {}", *number, limits));
  } else {
    value = *number;
  }
}

void Section::read(std::string_view key, std::uint16_t& value) {
  std::int64_t number = value;
  read(key, number, {.min = 0, .max = 65535});
  value = static_cast<std::uint16_t>(number);
}

void Section::read(std::string_view key, std::size_t& value, IntRange range) {
  range.min = std::max<std::int64_t>(range.min, 0);
  auto number = static_cast<std::int64_t>(value);
  read(key, number, range);
  value = static_cast<std::size_t>(number);
}

void Section::read(std::string_view key, double& value) {
  const auto found = node_->scalar(key, "a number");
  if (!found) return;
  double number = 0;
  const char* end = found->first.data() + found->first.size();
  const auto parsed = std::from_chars(found->first.data(), end, number);
  if (parsed.ec == std::errc{} && parsed.ptr == end && std::isfinite(number)) {
    value = number;
  } else {
    node_->complain(found->second, node_->path_of(key), fmt::format("'{}' is not a number", found->first));
  }
}

void Section::read(std::string_view key, std::chrono::milliseconds& value) {
  const auto found = node_->scalar(key, "a duration");
  if (!found) return;
  if (const auto count = parse_duration(found->first)) {
    value = std::chrono::milliseconds(*count);
  } else {
    node_->complain(found->second, node_->path_of(key),
                    fmt::format("'{}' is not a duration; write 250ms, 5s, 2m or 1h", found->first));
  }
}

void Section::require(std::string_view key, std::string& value) {
  const bool present = has(key);
  read(key, value);
  if (!present) {
    node_->complain(node_->line, node_->path_of(key), "is missing");
  } else if (value.empty()) {
    node_->complain(node_->line, node_->path_of(key), "must not be empty");
  }
}

void Section::read_secret_file(std::string_view key_file, std::string& value) {
  const auto found = node_->scalar(key_file, "a file's path");
  if (!found) return;
  auto secret = read_secret((node_->file->folder() / found->first).string());
  if (secret) {
    value = *std::move(secret);
  } else {
    node_->complain(found->second, node_->path_of(key_file), std::move(secret).error().what);
  }
}

bool Section::has(std::string_view key) const { return node_->find(key).has_value(); }

Section Section::section(std::string_view key) {
  const auto found = node_->find(key);
  return Section(node_->child(found ? *found : YAML::Node(YAML::NodeType::Undefined), node_->path_of(key)));
}

std::vector<Section> Section::list(std::string_view key) {
  std::vector<Section> sections;
  const auto found = node_->find(key);
  if (!found) return sections;
  if (!found->IsSequence()) {
    node_->complain(line_of(*found), node_->path_of(key), fmt::format("is {}, not a list", kind_of(*found)));
    return sections;
  }
  for (const auto& item : *found) {
    sections.push_back(Section(node_->child(item, fmt::format("{}[{}]", node_->path_of(key), sections.size()))));
  }
  return sections;
}

std::vector<std::pair<std::string, Section>> Section::entries(std::string_view key) {
  std::vector<std::pair<std::string, Section>> sections;
  const auto found = node_->find(key);
  if (!found) return sections;
  if (!found->IsMap()) {
    node_->complain(line_of(*found), node_->path_of(key), fmt::format("is {}, not a section", kind_of(*found)));
    return sections;
  }
  for (const auto& item : *found) {
    const auto name = item.first.Scalar();
    sections.emplace_back(name, Section(node_->child(item.second, fmt::format("{}.{}", node_->path_of(key), name))));
  }
  return sections;
}

void Section::problem(std::string_view key, std::string what) {
  const auto found = node_->find(key);
  node_->complain(found ? line_of(*found) : node_->line, node_->path_of(key), std::move(what));
}

void Section::finish() {
  if (!node_->yaml.IsDefined() || !node_->yaml.IsMap()) return;
  for (const auto& item : node_->yaml) {
    const auto key = item.first.IsScalar() ? item.first.Scalar() : "?";
    if (node_->asked.contains(key)) continue;
    const auto near = nearest_word(key, {node_->asked.begin(), node_->asked.end()});
    node_->complain(line_of(item.first), node_->path_of(key),
                    near.empty() ? "is not known here" : fmt::format("is not known here; did you mean {}?", near));
  }
}

File File::read(const std::string& path) {
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(path, ignored);
  std::ifstream file(path);
  if (!file || folder) {
    File missing = parse(path, "");
    missing.state_->problems.push_back(
        {0, "",
         folder ? "is a directory; name the file in it" : "cannot be read; does it exist, and may we read it?"});
    return missing;
  }
  std::stringstream content;
  content << file.rdbuf();
  return parse(path, content.str());
}

File File::parse(std::string name, std::string_view text) {
  File file;
  file.state_ = std::make_shared<State>();
  file.state_->name = std::move(name);
  try {
    file.state_->root = YAML::Load(std::string(text));
  } catch (const YAML::Exception& error) {
    file.state_->root = YAML::Node(YAML::NodeType::Undefined);
    file.state_->problems.push_back({error.mark.line + 1, "", "is not YAML: " + error.msg});
  }
  return file;
}

Section File::root() {
  Section::Node top;
  top.file = state_;
  const bool whole = state_->root.IsDefined() && !state_->root.IsNull();
  return Section(top.child(whole ? state_->root : YAML::Node(YAML::NodeType::Undefined), ""));
}

const std::vector<Problem>& File::problems() const { return state_->problems; }

std::string File::report() const {
  std::multimap<int, Problem> by_line;
  for (const auto& problem : state_->problems) by_line.emplace(problem.line, problem);
  std::string text;
  for (const auto& [line, problem] : by_line) {
    text += state_->name;
    if (problem.line > 0) text += fmt::format(":{}", problem.line);
    if (!problem.path.empty()) text += ": " + problem.path;
    text += ": " + problem.what + "\n";
  }
  return text;
}

}  // namespace fairway::config
