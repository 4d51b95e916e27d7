#include "cluster_driver/foreign.h"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "controller/config.h"
#include "controller/service.h"

namespace fairway::cluster_driver {

namespace {

// A holder renews its Lease every 2 s; its stamps are by another machine's clock.
constexpr std::chrono::seconds kRenewal{3};

// What a controller does, as RBAC says it.
struct Right {
  std::string_view verb, group, resource;
  std::string_view subresource = {}, ns = {}, name = {};  // empty: none, all, any
};
constexpr std::array<Right, 14> kRights{
    {{"list", "", "nodes"},
     {"watch", "", "nodes"},
     {"list", "", "services"},
     {"watch", "", "services"},
     {"patch", "", "services"},
     {"patch", "", "services", "status"},
     {"list", "discovery.k8s.io", "endpointslices"},
     {"watch", "discovery.k8s.io", "endpointslices"},
     {"create", "", "events"},
     {"patch", "", "events"},
     {"get", "", "namespaces", "", "", "kube-system"},
     {"get", "coordination.k8s.io", "leases", "", "kube-system", "fairway-controller"},
     {"create", "coordination.k8s.io", "leases", "", "kube-system", ""},
     {"update", "coordination.k8s.io", "leases", "", "kube-system", "fairway-controller"}}};

std::string lease_path() {
  const kube::LeaseConfig lease = controller::ControllerConfig{}.lease;
  return kube::kLeases.path(lease.ns, lease.name);
}

// The same error, for a person who has a kubeconfig in their hand.
Error in_words(const Error& error, const std::string& server) {
  switch (error.code) {
    case Errc::unauthenticated:
      return {error.code,
              fmt::format("the API at {} does not accept the kubeconfig's login ({}); get a valid one from "
                          "who runs the cluster",
                          server, error.what)};
    case Errc::denied:
      return {error.code,
              fmt::format("the API at {} refuses the kubeconfig's user what a load balancer controller needs ({}); "
                          "have it bound to a role that may: docs/controller.md has one",
                          server, error.what)};
    case Errc::unavailable:
    case Errc::timeout:
      return {error.code, fmt::format("the API at {} cannot be reached from this machine: {}; check the kubeconfig's "
                                      "server and certificate authority, and the way there",
                                      server, error.what)};
    default:
      return {error.code,
              fmt::format("{} does not answer as a Kubernetes API does: {}; check the kubeconfig's server", server,
                          error.what)};
  }
}

std::string describe(const Right& right) {
  return fmt::format("{} {}{}{}{}{}{}{}", right.verb, right.resource, right.subresource.empty() ? "" : "/",
                     right.subresource, right.name.empty() ? "" : " ", right.name, right.ns.empty() ? "" : " in ",
                     right.ns);
}

json::Value review_of(const Right& right) {
  json::Object attributes{{"verb", right.verb},         {"group", right.group},
                          {"resource", right.resource}, {"subresource", right.subresource},
                          {"namespace", right.ns},      {"name", right.name}};
  return json::Object{{"apiVersion", "authorization.k8s.io/v1"},
                      {"kind", "SelfSubjectAccessReview"},
                      {"spec", json::Object{{"resourceAttributes", std::move(attributes)}}}};
}

// "Service default/web has 172.24.4.9": of the Services that a controller of ours would take.
std::vector<std::string> served_by_others(const std::vector<json::Value>& services) {
  std::vector<std::string> found;
  for (const json::Value& object : services) {
    const controller::Service service = controller::read_service(object);
    if (!controller::wants_load_balancer(service, "")) continue;
    const std::string address = service.status_ip.empty() ? service.status_hostname : service.status_ip;
    if (address.empty() && !service.has_finalizer) continue;
    found.push_back(address.empty() ? service.key() : fmt::format("{} ({})", service.key(), address));
  }
  return found;
}

Task<Result<>> check_lease(kube::Client& kube, Env& env) {
  const auto before = co_await kube.get(lease_path());
  if (!before || json::string_or(*before, "spec.holderIdentity").empty()) co_return Result<>{};
  co_await env.timers.sleep(kRenewal);
  FW_CO_TRY(const json::Value after, co_await kube.get(lease_path()));
  const std::string holder = json::string_or(after, "spec.holderIdentity");
  const bool renewed = json::string_or(after, "spec.renewTime") != json::string_or(*before, "spec.renewTime");
  if (holder.empty() || !renewed) co_return Result<>{};
  co_return fail(Errc::conflict,
                 fmt::format("another Fairway controller, {}, serves this cluster: it holds and renews "
                             "the Lease {}; end it first",
                             holder, "kube-system/" + controller::ControllerConfig{}.lease.name));
}

}  // namespace

Task<Result<ForeignCluster>> ask_foreign(kube::Client& kube, std::string server) {
  ForeignCluster found;
  const auto nodes = co_await kube.list(kube::kNodes.path());
  if (!nodes) co_return std::unexpected(in_words(nodes.error(), server));
  for (const json::Value& node : nodes->items) found.nodes.push_back(view_of(node));
  const auto space = co_await kube.get(kube::kNamespaces.path("", "kube-system"));
  if (!space) co_return std::unexpected(in_words(space.error(), server));
  found.identity = json::string_or(*space, "metadata.uid");
  if (found.identity.empty())
    co_return fail(Errc::invalid,
                   fmt::format("{} has a namespace kube-system without a UID; is it a Kubernetes API?", server));
  const auto version = co_await kube.get("/version");
  if (version) found.version = json::string_or(*version, "gitVersion");
  co_return found;
}

Task<Result<>> check_rights(kube::Client& kube, std::string server) {
  std::vector<std::string> missing;
  for (const Right& right : kRights) {
    const auto review =
        co_await kube.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review_of(right));
    if (!review) {
      if (review.error().code == Errc::not_found || review.error().code == Errc::unsupported) co_return Result<>{};
      co_return std::unexpected(in_words(review.error(), server));
    }
    if (!json::bool_or(*review, "status.allowed")) missing.push_back(describe(right));
  }
  if (missing.empty()) co_return Result<>{};
  co_return std::unexpected(in_words({Errc::denied, fmt::format("it may not {}", fmt::join(missing, ", "))}, server));
}

Task<Result<>> check_unserved(kube::Client& kube, Env& env) {
  FW_CO_TRY_DO(co_await check_lease(kube, env));
  FW_CO_TRY(const auto services, co_await kube.list(kube::kServices.path()));
  const auto served = served_by_others(services.items);
  if (served.empty()) co_return Result<>{};
  co_return fail(Errc::conflict,
                 fmt::format("Services there have load balancers of another controller already: {}; two would fight "
                             "over them. End the other one, and adopt with --take-over",
                             fmt::join(served, ", ")));
}

Task<Result<std::string>> lease_holder(kube::Client& kube) {
  const auto lease = co_await kube.get(lease_path());
  if (!lease && lease.error().code == Errc::not_found) co_return std::string();
  if (!lease) co_return std::unexpected(lease.error());
  co_return json::string_or(*lease, "spec.holderIdentity");
}

Task<Result<>> drop_lease(kube::Client& kube, std::string holder) {
  const auto lease = co_await kube.get(lease_path());
  if (!lease && lease.error().code == Errc::not_found) co_return Result<>{};
  if (!lease) co_return std::unexpected(lease.error());
  const std::string now = json::string_or(*lease, "spec.holderIdentity");
  if (!now.empty() && now != holder) co_return Result<>{};
  // As it was read: another controller may take it in between.
  json::Object preconditions{{"resourceVersion", json::string_or(*lease, "metadata.resourceVersion")}};
  json::Object options{{"kind", "DeleteOptions"}, {"apiVersion", "v1"}, {"preconditions", std::move(preconditions)}};
  const auto gone = co_await kube.remove(lease_path(), std::move(options));
  const bool left = !gone && gone.error().code != Errc::not_found && gone.error().code != Errc::conflict;
  if (left) co_return std::unexpected(gone.error());
  co_return Result<>{};
}

}  // namespace fairway::cluster_driver
