#include "kube_api/requests/access.h"

#include <algorithm>

#include "base/strings.h"
#include "kube_api/object/times.h"

namespace fairway::kube_api {
namespace {

// Looks at every byte whatever the answer, so that the time tells nothing.
bool same_secret(std::string_view a, std::string_view b) {
  unsigned char difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned char>(a[i] ^ (b.empty() ? 1 : b[i % b.size()]));
  return difference == 0;
}

}  // namespace

ApiResult<Caller> identify(const KubeApiConfig& config, const http::Request& request) {
  const auto header = request.headers.find("Authorization").value_or("");
  if (!header.empty()) {
    const auto scheme = to_lower(header.substr(0, 7));
    if (scheme != "bearer ") return refuse(unauthorized());
    const auto token = trim(header.substr(7));
    const BearerToken* known = nullptr;
    for (const auto& candidate : config.tokens) {
      if (!candidate.token.empty() && same_secret(candidate.token, token)) known = &candidate;
    }
    if (known == nullptr) return refuse(unauthorized());
    return Caller{known->user, known->groups};
  }
  if (!request.peer_common_name.empty()) return Caller{request.peer_common_name, request.peer_organizations};
  // The name under which the real server's port without authentication knew everybody.
  if (config.anonymous_admin) return Caller{"system:unsecured", {"system:masters"}};
  return Caller{};
}

json::Value who_am_i(const Caller& caller, WallTime now) {
  json::Array groups;
  for (const auto& group : caller.groups) groups.push_back(json::Value(group));
  groups.push_back("system:authenticated");
  json::Object user{{"username", caller.user}, {"groups", std::move(groups)}};
  return json::Object{{"kind", "SelfSubjectReview"},
                      {"apiVersion", "authentication.k8s.io/v1"},
                      {"metadata", json::Object{{"creationTimestamp", format_time(now)}}},
                      {"status", json::Object{{"userInfo", std::move(user)}}}};
}

bool open_to_all(std::string_view path) {
  constexpr std::array kPaths{"/healthz", "/livez", "/readyz", "/version"};
  return std::ranges::any_of(kPaths, [&](std::string_view open) {
    return path == open || (path.starts_with(open) && path[open.size()] == '/');
  });
}

}  // namespace fairway::kube_api
