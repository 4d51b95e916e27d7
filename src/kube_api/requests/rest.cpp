#include "kube_api/requests/rest.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/discovery/discovery.h"
#include "kube_api/discovery/openapi.h"
#include "kube_api/object/object_access.h"
#include "kube_api/requests/access.h"
#include "kube_api/requests/call.h"
#include "kube_api/requests/deletes.h"
#include "kube_api/requests/presentation.h"
#include "kube_api/requests/reads.h"
#include "kube_api/requests/scale.h"
#include "kube_api/requests/subresources.h"
#include "kube_api/requests/watch_stream.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

http::Response document(int code, const json::Value& value, bool pretty) {
  auto text = pretty ? json::write_pretty(value) : json::write(value);
  if (!text.ends_with('\n')) text += '\n';
  auto response = http::Response::json(code, std::move(text));
  response.headers.set("Cache-Control", "no-cache, private");
  return response;
}

void add_warnings(http::Response& response, const std::vector<std::string>& warnings) {
  std::vector<std::string> said;
  for (const auto& warning : warnings) {
    if (std::ranges::find(said, warning) != said.end()) continue;
    said.push_back(warning);
    response.headers.add("Warning", "299 - " + in_quotes(warning));
  }
}

http::Response written_response(const Api& api, const Call& call, const ApiResult<Written>& written) {
  if (!written) {
    auto fault = fault_response(written.error(), call.output.pretty);
    auto warnings = written.error().warnings;
    if (!call.target.kind->deprecation.empty()) warnings.insert(warnings.begin(), call.target.kind->deprecation);
    add_warnings(fault, warnings);
    return fault;
  }
  auto response =
      written->status.is_null()
          ? document(written->code, present_one(call, *written->object, api.env.clock.wall()), call.output.pretty)
          : document(written->code, written->status, call.output.pretty);
  auto warnings = written->warnings;
  if (!call.target.kind->deprecation.empty()) warnings.insert(warnings.begin(), call.target.kind->deprecation);
  add_warnings(response, warnings);
  return response;
}

http::Response read_response(const Call& call, const ApiResult<json::Value>& value) {
  if (!value) return fault_response(value.error(), call.output.pretty);
  auto response = document(200, *value, call.output.pretty);
  if (!call.target.kind->deprecation.empty()) add_warnings(response, {call.target.kind->deprecation});
  return response;
}

Task<http::Response> answer_delete(Api& api, Call call, const std::string& body, const std::string& content_type) {
  auto options = read_delete_options(call, body, content_type);
  if (!options) co_return fault_response(options.error(), call.output.pretty);
  if (call.verb == Verb::remove_collection) {
    auto deleted = co_await delete_collection(api, call, *options);
    co_return read_response(call, deleted);
  }
  const ObjectRef ref{call.target.kind->storage, call.target.ns, call.target.name};
  auto written = co_await delete_object(api, *call.target.kind, ref, *options);
  co_return written_response(api, call, written);
}

Task<http::Response> answer_subresource(Api& api, Call call, http::Request& request) {
  const std::string type(request.headers.find("Content-Type").value_or(""));
  const auto& name = call.target.subresource;
  if (name == "log") {
    if (call.verb != Verb::get) co_return fault_response(method_not_allowed(""));
    auto log = pod_log(api, call, request);
    if (!log) co_return fault_response(log.error(), call.output.pretty);
    co_return *std::move(log);
  }
  if (name == "scale") {
    const auto scale = as_scale(call);
    if (call.verb == Verb::get) co_return read_response(scale, get_scale(api, call));
    if (call.verb != Verb::update && call.verb != Verb::patch) co_return fault_response(method_not_allowed(""));
    const auto changed = co_await change_scale(api, call, request.body, type);
    co_return written_response(api, scale, changed);
  }
  ApiResult<Written> written = refuse(method_not_allowed(""));
  if (name == "binding" && call.verb == Verb::create) written = co_await bind_pod(api, call, request.body, type);
  if (name == "eviction" && call.verb == Verb::create) written = co_await evict_pod(api, call, request.body);
  if (name == "finalize" && call.verb == Verb::update)
    written = co_await finalize_namespace(api, call, request.body, type);
  co_return written_response(api, call, written);
}

Task<http::Response> answer_resource(Api& api, Target target, http::Request& request) {
  auto call = understand(request, std::move(target));
  if (!call) co_return fault_response(call.error());
  if (const auto writable = api.objects.writable(); !writable && request.method != "GET") {
    co_return fault_response(unavailable(writable.error().what), call->output.pretty);
  }
  if (!call->target.subresource.empty() && call->target.subresource != "status") {
    auto response = co_await answer_subresource(api, *call, request);
    co_return response;
  }
  const std::string type(request.headers.find("Content-Type").value_or(""));
  ApiResult<Written> written;
  switch (call->verb) {
    case Verb::get:
      co_return read_response(*call, get_object(api, *call));
    case Verb::list:
      co_return read_response(*call, list_objects(api, *call));
    case Verb::watch: {
      auto stream = watch_objects(api, *call);
      if (!stream) co_return fault_response(stream.error(), call->output.pretty);
      if (!call->target.kind->deprecation.empty()) add_warnings(*stream, {call->target.kind->deprecation});
      co_return *std::move(stream);
    }
    case Verb::create:
      written = co_await create_object(api, *call, request.body, type);
      break;
    case Verb::update:
      written = co_await replace_object(api, *call, request.body, type);
      break;
    case Verb::patch:
      written = co_await patch_object(api, *call, request.body, type);
      break;
    case Verb::remove:
    case Verb::remove_collection: {
      if (!call->target.subresource.empty()) co_return fault_response(method_not_allowed(""), call->output.pretty);
      auto response = co_await answer_delete(api, *call, request.body, type);
      co_return response;
    }
  }
  co_return written_response(api, *call, written);
}

std::optional<http::Response> health(const Api& api, bool ready, std::string_view path) {
  const auto at = [&](std::string_view name) { return path == name || path == std::string(name) + "/ping"; };
  if (at("/healthz") || at("/livez")) return http::Response::text(200, "ok");
  if (!at("/readyz")) return std::nullopt;
  if (const auto writable = api.objects.writable(); !writable)
    return http::Response::text(503, writable.error().what);
  return ready && !api.objects.stopping()
             ? http::Response::text(200, "ok")
             : http::Response::text(503, "not ready: the store is being read or the server stops");
}

std::optional<http::Response> openapi(const http::Request& request) {
  const std::string_view path = request.path;
  const auto accept = request.headers.find("Accept").value_or("");
  if (path == "/openapi/v2") {
    if (accept.find("proto") != std::string_view::npos) {
      auto response = http::Response::text(200, openapi_v2_protobuf());
      response.headers.set("Content-Type", "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
      return response;
    }
    return http::Response::json(200, openapi_v2_json());
  }
  if (path == "/openapi/v3") return http::Response::json(200, openapi_v3_index());
  if (path.starts_with("/openapi/v3/")) {
    if (const auto text = openapi_v3_json(path.substr(12))) return http::Response::json(200, *text);
  }
  return std::nullopt;
}

// What kubectl asks for on its way to something else, and of which there is never any here: custom types when it
// meets a kind that it does not know, quotas and limits when it describes a namespace.
std::optional<http::Response> empty_collection(const Api& api, std::string_view path) {
  std::string_view kind, version;
  if (path == "/apis/apiextensions.k8s.io/v1/customresourcedefinitions") {
    kind = "CustomResourceDefinitionList";
    version = "apiextensions.k8s.io/v1";
  } else if (path.starts_with("/api/v1/namespaces/") &&
             (path.ends_with("/resourcequotas") || path.ends_with("/limitranges"))) {
    kind = path.ends_with("quotas") ? "ResourceQuotaList" : "LimitRangeList";
    version = "v1";
  } else {
    return std::nullopt;
  }
  json::Object list{{"kind", kind},
                    {"apiVersion", version},
                    {"metadata", json::Object{{"resourceVersion", std::to_string(api.objects.revision())}}}};
  list["items"] = json::Array{};
  return document(200, list, false);
}

// What kubectl autoscale, kubectl create token and kubectl exec ask for: said in words what there is instead.
std::optional<http::Response> not_offered(std::string_view path) {
  const auto refused = [](std::string why) {
    return fault_response({404, "NotFound", "this API server offers no " + std::move(why), json::Object{}});
  };
  if (path.starts_with("/apis/autoscaling/") && path.contains("/horizontalpodautoscalers"))
    return refused("HorizontalPodAutoscaler: set the number of replicas with kubectl scale");
  if (path.contains("/serviceaccounts/") && path.ends_with("/token"))
    return refused("tokens of service accounts: tokens and client certificates are what its configuration names");
  const bool of_pod = path.starts_with("/api/v1/namespaces/") && path.contains("/pods/");
  for (const std::string_view name : {"exec", "attach", "portforward"}) {
    if (of_pod && path.substr(path.rfind('/') + 1) == name)
      return refused(
          fmt::format("{}: kubectl logs shows what a pod says, a Service leads to its ports, fairway lab exec "
                      "enters its node; clusters with the label control_plane=real offer kubectl exec",
                      name));
  }
  return std::nullopt;
}

std::optional<http::Response> discovery(const Api& api, const http::Request& request) {
  const auto accept = request.headers.find("Accept").value_or("");
  if (request.path == "/api" || request.path == "/apis") {
    // The first form on the client's list that we have.
    for (const auto range : split(accept, ',')) {
      if (range.find("as=APIGroupDiscoveryList") == std::string_view::npos ||
          range.find("json") == std::string_view::npos)
        continue;
      const std::string_view version = range.find("v=v2beta1") != std::string_view::npos ? "v2beta1" : "v2";
      auto response = http::Response::json(200, json::write(aggregated_discovery(request.path, version)));
      response.headers.set(
          "Content-Type",
          fmt::format("application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList", version));
      return response;
    }
  }
  if (auto none = empty_collection(api, request.path)) return none;
  const auto address = fmt::format("{}:{}", api.config.advertise_address, api.config.advertise_port);
  const auto found = discovery_document(request.path, address);
  if (!found) return std::nullopt;
  const auto agent = request.headers.find("User-Agent").value_or("");
  return document(200, *found, agent.starts_with("curl"));
}

}  // namespace

http::Response fault_response(const ApiError& error, bool pretty) {
  auto response = document(error.code, to_status(error), pretty);
  if (const auto* seconds =
          error.details.is_object() ? at(error.details.get_object(), {"retryAfterSeconds"}) : nullptr) {
    response.headers.set("Retry-After", json::write(*seconds));
  }
  return response;
}

Task<http::Response> answer(Api& api, const bool& ready, http::Request& request) {
  while (request.path.size() > 1 && request.path.ends_with('/')) request.path.pop_back();
  auto caller = identify(api.config, request);
  if (!caller) co_return fault_response(caller.error(), true);
  if (caller->user.empty() && !open_to_all(request.path)) co_return fault_response(unauthorized(), true);
  if (auto found = health(api, ready, request.path)) co_return *std::move(found);
  if (request.method == "GET") {
    if (auto found = openapi(request)) co_return *std::move(found);
    if (auto found = discovery(api, request)) co_return *std::move(found);
  }
  if (request.method == "POST" && request.path == "/apis/authentication.k8s.io/v1/selfsubjectreviews")
    co_return document(201, who_am_i(*caller, api.env.clock.wall()), false);
  if (auto target = find_target(request.path)) {
    auto response = co_await answer_resource(api, *std::move(target), request);
    co_return response;
  }
  if (auto refused = not_offered(request.path)) co_return *std::move(refused);
  if (request.path == "/") {
    co_return document(200,
                       json::Object{{"paths", json::Array{"/api", "/api/v1", "/apis", "/healthz", "/livez",
                                                          "/openapi/v2", "/openapi/v3", "/readyz", "/version"}}},
                       true);
  }
  auto missing = http::Response::text(404, "404 page not found\n");
  if (request.path.starts_with("/api")) missing = fault_response(no_such_path());
  co_return missing;
}

}  // namespace fairway::kube_api
