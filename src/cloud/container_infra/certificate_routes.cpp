// /v1/certificates: the cluster's authority, certificates signed by it, and its exchange; /v1/credentials: the exchange
// of what the cluster's components log in with.
#include <fmt/format.h>

#include "cloud/api/wsme.h"
#include "cloud/container_infra/adoption.h"
#include "cloud/container_infra/credentials.h"
#include "cloud/container_infra/lifecycle.h"
#include "cloud/container_infra/lookup.h"
#include "cloud/container_infra/microversion.h"
#include "net/pki.h"

namespace fairway::cloud::container_infra {
namespace {

json::Object show_certificate(const InfraParts& parts, const Cluster& cluster, const std::string& pem) {
  return {{"cluster_uuid", cluster.id}, {"pem", pem}, {"links", links_to(parts, "certificates/" + cluster.id)}};
}

Result<http::Response> show_authority(const InfraParts& parts, const Call& call) {
  FW_TRY(const auto* cluster, find_cluster(parts.state(), call.caller, call.parameter("cluster")));
  FW_TRY_DO(check_has_authority(*cluster));
  return http::Response::json(200, json::write(show_certificate(parts, *cluster, cluster->ca_certificate)));
}

// The document's client names the cluster bay_uuid.
Result<http::Response> sign(const InfraParts& parts, const Call& call) {
  static const std::vector<WsmeRule> kRules{
      {.name = "cluster_uuid", .type = WsmeType::text, .min = 1},
      {.name = "bay_uuid", .type = WsmeType::text, .min = 1},
      {.name = "csr", .type = WsmeType::text, .required = true, .min = 1, .max = 65'536},
      {.name = "ca_cert_type", .type = WsmeType::text},
      {.name = "pem", .type = WsmeType::text, .max = 65'536}};
  FW_TRY(const auto checked, read_wsme_object(call.request.body, "certificate", kRules));
  auto found =
      find_cluster(parts.state(), call.caller, text_or(checked, "cluster_uuid", text_or(checked, "bay_uuid")));
  if (!found) {
    // In a POST the cluster is a part of the body, and an unknown one a fault of it.
    auto error = std::move(found).error();
    if (error.code == Errc::not_found) error.code = Errc::invalid;
    return std::unexpected(std::move(error));
  }
  const auto& cluster = **found;
  FW_TRY_DO(check_has_authority(cluster));
  auto made =
      net::sign_request({cluster.ca_certificate, cluster.ca_key}, text_or(checked, "csr"), parts.context.env.clock);
  if (!made) return fail(made.error().code, fmt::format("Received invalid csr: {}.", made.error().what));
  auto shown = show_certificate(parts, cluster, *made);
  shown.emplace("csr", text_or(checked, "csr"));
  return http::Response::json(201, json::write(shown));
}

// A new authority: servers get new certificates from the driver, users ask for theirs again.
Task<Result<http::Response>> rotate_authority(InfraParts parts, Call& call) {
  auto& env = parts.context.env;
  FW_CO_TRY(const auto* found, find_cluster(parts.state(), call.caller, call.parameter("cluster")));
  FW_CO_TRY(const auto authority, net::make_certificate_authority(found->name.substr(0, 64), env.clock));
  FW_CO_TRY(const auto done, co_await parts.context.ledger.change<Cluster>([&](Work& work) -> Result<Cluster> {
    FW_TRY(const auto* before, find_cluster(work.state(), call.caller, call.parameter("cluster")));
    const auto* from = work.find<ClusterTemplate>(before->cluster_template_id);
    if (from != nullptr && from->tls_disabled) {
      return fail(Errc::unsupported, "Rotating the CA certificate on a non-TLS cluster is not supported");
    }
    FW_TRY_DO(check_may_change(*before, "Rotating the CA certificate of"));
    Cluster cluster = *before;
    begin(env, cluster, "UPDATE");
    cluster.ca_certificate = authority.certificate_pem;
    cluster.ca_key = authority.key_pem;
    work.put(cluster);
    return cluster;
  }));
  co_return accepted(done.id);
}

Task<Result<http::Response>> rotate_credential(InfraParts parts, Call& call) {
  FW_CO_TRY_DO(check_since(call.request, kSinceCredentials, "credentials"));
  FW_CO_TRY(const auto* found, find_cluster(parts.state(), call.caller, call.parameter("cluster")));
  const std::string project = found->project_id, id = found->id;
  FW_CO_TRY(auto fresh, co_await make_credential(parts, call.caller, project, id));
  FW_CO_TRY(const auto done, co_await parts.context.ledger.change<Cluster>([&](Work& work) -> Result<Cluster> {
    FW_TRY(const auto* before, find_cluster(work.state(), call.caller, id));
    if (before->deleting)
      return fail(Errc::unsupported, "The cluster is being deleted; its credential goes with it.");
    Cluster cluster = *before;
    use_credential(work, cluster, fresh);
    ++cluster.generation;
    cluster.updated_at = stamp_now(parts.context.env);
    work.put(cluster);
    return cluster;
  }));
  co_return accepted(done.id);
}

}  // namespace

void add_certificate_routes(Routes& routes, InfraParts parts) {
  constexpr std::string_view kOne = "/v1/certificates/{cluster}";
  routes.add_plain("GET", kOne, "container_infra:read", [parts](Call& call) { return show_authority(parts, call); });
  routes.add_plain("POST", "/v1/certificates", "container_infra:write",
                   [parts](Call& call) { return sign(parts, call); });
  routes.add("PATCH", kOne, "container_infra:write", [parts](Call& call) { return rotate_authority(parts, call); });
  routes.add("PATCH", "/v1/credentials/{cluster}", "container_infra:write",
             [parts](Call& call) { return rotate_credential(parts, call); });
}

}  // namespace fairway::cloud::container_infra
