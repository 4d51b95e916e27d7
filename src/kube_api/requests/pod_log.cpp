// `kubectl logs`: which container, which file, and following it while it grows.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"
#include "kube_api/requests/logs.h"
#include "kube_api/requests/subresources.h"

namespace fairway::kube_api {
namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(100);
constexpr std::uintmax_t kMaxWhole = 64U << 20;  // of a file that is not followed: its end

std::string names_of(const json::Object& pod, std::string_view list) {
  std::string names;
  for (const auto& container : list_at(pod, {"spec", list}))
    names += (names.empty() ? "" : " ") + std::string(text_in(container, "name"));
  return names;
}

ApiResult<std::string> container_of(const json::Object& pod, const http::Request& request) {
  const std::string wanted(request.query.find("container").value_or(""));
  const auto& containers = list_at(pod, {"spec", "containers"});
  if (wanted.empty()) {
    if (containers.size() == 1) return std::string(text_in(containers.front(), "name"));
    auto text = fmt::format("a container name must be specified for pod {}, choose one of: [{}]", name_of(pod),
                            names_of(pod, "containers"));
    if (const auto init = names_of(pod, "initContainers"); !init.empty())
      text += fmt::format(" or one of the init containers: [{}]", init);
    return refuse(bad_request(std::move(text)));
  }
  for (const auto* list : {"containers", "initContainers", "ephemeralContainers"}) {
    for (const auto& container : list_at(pod, {"spec", list})) {
      if (text_in(container, "name") == wanted) return wanted;
    }
  }
  return refuse(bad_request(fmt::format("container {} is not valid for pod {}", wanted, name_of(pod))));
}

ApiResult<LogOptions> read_options(const Api& api, const http::Request& request) {
  LogOptions options;
  const auto flag = [&](std::string_view key) { return request.query.find(key).value_or("") == "true"; };
  options.follow = flag("follow");
  options.previous = flag("previous");
  options.timestamps = flag("timestamps");
  FieldErrors errors;
  const auto number = [&](std::string_view key, std::int64_t min,
                          std::string_view rule) -> std::optional<std::int64_t> {
    const auto text = request.query.find(key);
    if (!text || text->empty()) return std::nullopt;
    const auto value = parse_int(*text);
    if (!value || *value < min)
      errors.invalid(std::string(key), value ? json::Value(*value) : json::Value(*text), rule);
    return value;
  };
  options.tail_lines = number("tailLines", 0, "must be greater than or equal to 0");
  options.limit_bytes = number("limitBytes", 1, "must be greater than 0");
  const auto since = number("sinceSeconds", 1, "must be greater than 0");
  if (since) options.since = api.env.clock.wall() - std::chrono::seconds(*since);
  if (const auto time = request.query.find("sinceTime"); time && !time->empty()) options.since = parse_time(*time);
  if (!errors.empty()) return refuse(invalid({"", "pods/log", "PodLogOptions"}, "", errors));
  return options;
}

std::string read_from(const std::string& path, std::uintmax_t offset) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  return {std::istreambuf_iterator<char>(file), {}};
}

WallTime changed_at(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return {};
  return std::chrono::system_clock::from_time_t(about.st_mtime);
}

struct Following {
  ObjectRef pod;
  std::string uid, folder, path, container;
  LogOptions options;
};

// Whether more may come: the pod is still there and its container may write.
bool still_runs(const Api& api, const Following& following) {
  const auto* pod = api.objects.find(following.pod);
  if (pod == nullptr || uid_of(*pod->object) != following.uid) return false;
  const auto phase = text_at(*pod->object, {"status", "phase"});
  if (phase == "Succeeded" || phase == "Failed") return false;
  for (const auto& status : list_at(*pod->object, {"status", "containerStatuses"})) {
    if (text_in(status, "name") == following.container && json::find(status, "state.terminated") != nullptr)
      return false;
  }
  return true;
}

// What was written since `offset`, which moves on. A line that is still being written (`more` may come) waits for its end.
std::string written_since(const std::string& path, std::uintmax_t& offset, bool more) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size <= offset) return "";
  auto text = read_from(path, offset);
  const auto whole = more ? text.rfind('\n') : text.size() - 1;
  if (whole == std::string::npos) return "";
  text.resize(whole + 1);
  offset += text.size();
  return text;
}

Task<> follow_log(Api& api, std::shared_ptr<Following> following, http::BodyWriter& writer) {
  std::uintmax_t offset = 0;
  auto options = following->options;
  while (!writer.closed() && !api.objects.stopping()) {
    const bool more = still_runs(api, *following);
    const auto text = written_since(following->path, offset, more);
    std::string shown;
    if (!text.empty()) {
      shown = select_log(text, options, changed_at(following->path));
      options.tail_lines.reset();
    }
    if (!shown.empty()) {
      auto sent = co_await writer.write(shown);
      if (!sent) co_return;
    }
    if (!more) co_return;
    co_await api.env.timers.sleep(kLookAgain);
  }
}

}  // namespace

ApiResult<http::Response> pod_log(Api& api, const Call& call, const http::Request& request) {
  const ObjectRef ref{"pods", call.target.ns, call.target.name};
  const auto* pod = api.objects.find(ref);
  if (pod == nullptr) return refuse(not_found({"", "pods", "Pod"}, ref.name));
  auto options = read_options(api, request);
  if (!options) return refuse(options.error());
  auto container = container_of(*pod->object, request);
  if (!container) return refuse(container.error());
  const auto node = text_at(*pod->object, {"spec", "nodeName"});
  if (node.empty()) {
    // The real server has nothing to say about a pod that runs nowhere.
    return http::Response::text(200, "");
  }
  if (api.config.pod_log_dir.empty())
    return refuse(bad_request("this API server knows no folder of pod logs: set kube_api.pod_log_dir"));
  const std::string uid(uid_of(*pod->object));
  const auto folder = pod_log_folder(api.config.pod_log_dir, ref.ns, ref.name, uid, *container);
  const auto path = newest_log_file(folder, options->previous);
  if (!path) {
    if (options->previous)
      return refuse(bad_request(fmt::format("previous terminated container {} in pod {} not found",
                                            in_quotes(*container), in_quotes(ref.name))));
    std::string reason = "ContainerCreating";
    for (const auto& status : list_at(*pod->object, {"status", "containerStatuses"})) {
      if (text_in(status, "name") == *container && json::find(status, "state.waiting.reason") != nullptr)
        reason = json::string_or(status, "state.waiting.reason");
    }
    const std::string_view why = reason == "ContainerCreating" || reason == "PodInitializing"
                                     ? "is waiting to start"
                                     : "is waiting to start: trying and failing to pull image";
    return refuse(bad_request(
        reason == "ContainerCreating" || reason == "PodInitializing"
            ? fmt::format("container {} in pod {} {}: {}", in_quotes(*container), in_quotes(ref.name), why, reason)
            : fmt::format("container {} in pod {} {}", in_quotes(*container), in_quotes(ref.name), why)));
  }
  auto response = http::Response::text(200, "");
  if (!options->follow) {
    std::error_code error;
    const auto size = std::filesystem::file_size(*path, error);
    response.body =
        select_log(read_from(*path, !error && size > kMaxWhole ? size - kMaxWhole : 0), *options, changed_at(*path));
    return response;
  }
  auto following = std::make_shared<Following>(Following{ref, uid, folder, *path, *container, *options});
  response.stream = [&api, following](http::BodyWriter& writer) { return follow_log(api, following, writer); };
  return response;
}

}  // namespace fairway::kube_api
