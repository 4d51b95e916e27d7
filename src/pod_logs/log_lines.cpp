#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "base/strings.h"
#include "pod_logs/pod_logs.h"

namespace fairway::pod_logs {
namespace {

struct Line {
  std::optional<WallTime> time;  // of a line in CRI's form
  std::string_view stamp, text;
  bool whole = true;  // ends with a line break
};

// "2026-11-24T03:06:31.5Z stdout F text"
Line read_line(std::string_view raw, bool whole) {
  Line line{std::nullopt, {}, raw, whole};
  const auto first = raw.find(' ');
  if (first == std::string_view::npos || first < 20) return line;
  const auto time = parse_rfc3339(raw.substr(0, first));
  auto rest = raw.substr(first + 1);
  if (!time || !(rest.starts_with("stdout ") || rest.starts_with("stderr "))) return line;
  rest.remove_prefix(7);
  if (!rest.starts_with("F ") && !rest.starts_with("P ") && rest != "F" && rest != "P") return line;
  line.time = time;
  line.stamp = raw.substr(0, first);
  line.whole = rest[0] == 'F';
  line.text = rest.size() > 2 ? rest.substr(2) : std::string_view{};
  return line;
}

std::vector<Line> read_lines(std::string_view text) {
  std::vector<Line> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const bool whole = end != std::string_view::npos;
    lines.push_back(read_line(text.substr(0, whole ? end : text.size()), whole));
    text.remove_prefix(whole ? end + 1 : text.size());
  }
  return lines;
}

const json::Value* status_of(const json::Object& pod, std::string_view container) {
  const json::Value* status = pod.if_contains("status");
  if (status == nullptr) return nullptr;
  for (const char* list : {"containerStatuses", "initContainerStatuses"}) {
    for (const auto& one : json::array_or_empty(*status, list)) {
      if (json::string_or(one, "name") == container) return &one;
    }
  }
  return nullptr;
}

}  // namespace

LogOptions read_log_options(const http::Query& query, WallTime now) {
  const auto flag = [&](std::string_view key) {
    const auto text = query.find(key).value_or("");
    return text == "true" || text == "1";
  };
  const auto number = [&](std::string_view key) -> std::optional<std::int64_t> {
    const auto text = query.find(key);
    return text ? parse_int(*text) : std::nullopt;
  };
  LogOptions options{.follow = flag("follow"), .previous = flag("previous"), .timestamps = flag("timestamps")};
  options.tail_lines = number("tailLines");
  options.limit_bytes = number("limitBytes");
  if (const auto seconds = number("sinceSeconds")) options.since = now - std::chrono::seconds(*seconds);
  if (const auto time = query.find("sinceTime"); time && !time->empty()) options.since = parse_rfc3339(*time);
  return options;
}

std::string pod_log_folder(std::string_view dir, std::string_view ns, std::string_view pod, std::string_view uid,
                           std::string_view container) {
  return fmt::format("{}/{}_{}_{}/{}", dir, ns, pod, uid, container);
}

std::optional<std::string> newest_log_file(const std::string& folder, bool previous) {
  std::error_code error;
  std::vector<std::int64_t> restarts;
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    if (file.path().extension() != ".log") continue;
    if (const auto number = parse_int(file.path().stem().string())) restarts.push_back(*number);
  }
  std::ranges::sort(restarts, std::greater{});
  const std::size_t wanted = previous ? 1 : 0;
  if (restarts.size() <= wanted) return std::nullopt;
  return fmt::format("{}/{}.log", folder, restarts[wanted]);
}

std::string select_log(std::string_view text, const LogOptions& options, WallTime raw_stamp) {
  auto lines = read_lines(text);
  if (options.since) {
    std::erase_if(lines, [&](const Line& line) { return line.time && *line.time < *options.since; });
  }
  if (options.tail_lines && *options.tail_lines >= 0 &&
      lines.size() > static_cast<std::size_t>(*options.tail_lines)) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(*options.tail_lines));
  }
  std::string out;
  for (const auto& line : lines) {
    if (options.timestamps)
      out += (line.stamp.empty() ? to_iso8601(raw_stamp, Stamp::micros_z) : std::string(line.stamp)) + " ";
    out += line.text;
    if (line.whole) out += '\n';
  }
  if (options.limit_bytes && *options.limit_bytes >= 0 &&
      out.size() > static_cast<std::size_t>(*options.limit_bytes)) {
    out.resize(static_cast<std::size_t>(*options.limit_bytes));
  }
  return out;
}

bool log_may_grow(const json::Object& pod, std::string_view container) {
  const json::Value* status = pod.if_contains("status");
  const std::string phase = status == nullptr ? "" : json::string_or(*status, "phase");
  if (phase == "Succeeded" || phase == "Failed") return false;
  const json::Value* of_container = status_of(pod, container);
  return of_container == nullptr || json::find(*of_container, "state.terminated") == nullptr;
}

std::string why_no_log(const json::Object& pod, std::string_view container, bool previous) {
  const json::Value* metadata = pod.if_contains("metadata");
  const std::string name = metadata == nullptr ? "" : json::string_or(*metadata, "name");
  if (previous) return fmt::format("previous terminated container \"{}\" in pod \"{}\" not found", container, name);
  const json::Value* of_container = status_of(pod, container);
  const std::string reason = of_container == nullptr
                                 ? "ContainerCreating"
                                 : json::string_or(*of_container, "state.waiting.reason", "ContainerCreating");
  if (reason == "ContainerCreating" || reason == "PodInitializing")
    return fmt::format("container \"{}\" in pod \"{}\" is waiting to start: {}", container, name, reason);
  return fmt::format("container \"{}\" in pod \"{}\" is waiting to start: trying and failing to pull image",
                     container, name);
}

}  // namespace fairway::pod_logs
