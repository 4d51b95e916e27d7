// `kubectl logs`: of which container.
#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/object_access.h"
#include "kube_api/requests/subresources.h"
#include "pod_logs/pod_logs.h"

namespace fairway::kube_api {
namespace {

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

ApiResult<pod_logs::LogOptions> read_options(const Api& api, const http::Request& request) {
  FieldErrors errors;
  const auto number = [&](std::string_view key, std::int64_t min, std::string_view rule) {
    const auto text = request.query.find(key);
    if (!text || text->empty()) return;
    const auto value = parse_int(*text);
    if (!value || *value < min)
      errors.invalid(std::string(key), value ? json::Value(*value) : json::Value(*text), rule);
  };
  number("tailLines", 0, "must be greater than or equal to 0");
  number("limitBytes", 1, "must be greater than 0");
  number("sinceSeconds", 1, "must be greater than 0");
  if (!errors.empty()) return refuse(invalid({"", "pods/log", "PodLogOptions"}, "", errors));
  return pod_logs::read_log_options(request.query, api.env.clock.wall());
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
  const auto file = pod_logs::newest_log_file(
      pod_logs::pod_log_folder(api.config.pod_log_dir, ref.ns, ref.name, uid, *container), options->previous);
  if (!file) return refuse(bad_request(pod_logs::why_no_log(*pod->object, *container, options->previous)));
  const auto may_grow = [&api, ref, uid, container = *container] {
    const auto* now = api.objects.find(ref);
    return !api.objects.stopping() && now != nullptr && uid_of(*now->object) == uid &&
           pod_logs::log_may_grow(*now->object, container);
  };
  return pod_logs::log_answer(api.env, *file, *options, may_grow);
}

}  // namespace fairway::kube_api
