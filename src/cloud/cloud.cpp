#include "cloud/cloud.h"

#include <fmt/format.h>

#include "cloud/api/context.h"
#include "cloud/api/fault.h"
#include "cloud/container_infra/api.h"
#include "cloud/container_infra/drivers.h"
#include "cloud/dashboard/dashboard.h"
#include "cloud/identity/bootstrap.h"
#include "cloud/identity/identity.h"
#include "cloud/lbaas_v1/api.h"
#include "cloud/load_balancer/api.h"
#include "cloud/load_balancer/gateways.h"
#include "cloud/model/ledger.h"
#include "cloud/network/bootstrap.h"
#include "cloud/network/network.h"

namespace fairway::cloud {
namespace {

// For a gateway to put in force what was just answered; its usual answer takes a millisecond or two.
constexpr Duration kInForcePatience = std::chrono::seconds(1);

identity::TokenConfig token_config(const CloudConfig& config) {
  return {.lifetime = std::chrono::duration_cast<std::chrono::seconds>(config.token_lifetime)};
}

http::Response plain_not_found(std::string_view path) {
  return http::Response::text(404, fmt::format("{}: nothing is here. APIs: /identity, /network, /load-balancer, "
                                               "/container-infra; for people: /dashboard.\n",
                                               path));
}

// What no pattern matched, in the shape of the API whose prefix it has. `status`: 404 or 405.
http::Response unknown(const ApiContext& context, const http::Request& request, int status) {
  const bool neutron = request.path.starts_with("/network/"), octavia = request.path.starts_with("/load-balancer/");
  if (neutron || octavia) {
    if (!context.tokens.verify(request.headers.find("X-Auth-Token").value_or("")))
      return unauthenticated_response(context.identity_url());
  }
  const std::string what =
      status == 404 ? "The resource could not be found." : "The method is not allowed for the requested URL.";
  if (octavia) {
    const json::Object body{{"code", status}, {"title", http::reason(status)}, {"description", ""}};
    return http::Response::json(status, json::write(body));
  }
  if (neutron) {
    const json::Object error{
        {"type", status == 404 ? "HTTPNotFound" : "HTTPMethodNotAllowed"}, {"message", what}, {"detail", ""}};
    return http::Response::json(status, json::write(json::Object{{"NeutronError", error}}));
  }
  if (!request.path.starts_with("/identity/")) return plain_not_found(request.path);
  const json::Object error{{"code", status}, {"message", what}, {"title", http::reason(status)}};
  return http::Response::json(status, json::write(json::Object{{"error", error}}));
}

// What the server itself refuses before any API is known: too large, malformed, too slow.
http::Response server_fault(int status, std::string_view what) {
  const json::Object error{{"code", status}, {"message", what}, {"title", http::reason(status)}};
  return http::Response::json(status, json::write(json::Object{{"error", error}}));
}

std::string default_url(const http::ServerConfig& http, std::uint16_t port) {
  const bool v6 = http.bind.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", http.tls ? "https" : "http", v6 ? "[" : "", http.bind, v6 ? "]" : "", port);
}

}  // namespace

struct Cloud::Parts {
  Parts(std::unique_ptr<Ledger> opened, Env& env, const CloudConfig& config)
      : ledger(std::move(opened)),
        tokens(*ledger, env, token_config(config)),
        passwords(env.random),
        context{*ledger, env, tokens} {}

  // In the order in which they are used by those below.
  std::unique_ptr<Ledger> ledger;
  identity::Tokens tokens;
  identity::Passwords passwords;
  ApiContext context;
  std::unique_ptr<Gateways> gateways;
  std::unique_ptr<container_infra::Drivers> drivers;
  std::shared_ptr<container_infra::KubernetesAccess> kubernetes;
  http::Router router;
  std::unique_ptr<http::Server> server;

  void add_routes();
  void add_health_routes();
  Task<http::Response> serve(http::Request& request);
};

void Cloud::Parts::add_health_routes() {
  router.add("GET", "/livez",
             [](http::Request&) -> Task<http::Response> { co_return http::Response::text(200, "ok\n"); });
  router.add("GET", "/readyz", [this](http::Request&) -> Task<http::Response> {
    const auto healthy = ledger->healthy();
    co_return healthy ? http::Response::text(200, "ok\n") : http::Response::text(503, healthy.error().what + "\n");
  });
}

void Cloud::Parts::add_routes() {
  identity::add_routes(router, context, tokens, passwords);
  network::add_routes(router, context);
  add_load_balancer_routes(router, context, *gateways);
  lbaas_v1::add_routes(router, context, *gateways);
  container_infra::add_routes(router, {context, passwords, *drivers, kubernetes.get()});
  dashboard::add_routes(router, context, *gateways, *drivers);
  add_health_routes();
  router.set_not_found(
      [this](http::Request& request) -> Task<http::Response> { co_return unknown(context, request, 404); });
  router.set_wrong_method(
      [this](http::Request& request) -> Task<http::Response> { co_return unknown(context, request, 405); });
}

Task<http::Response> Cloud::Parts::serve(http::Request& request) {
  // Old clients ask for "/v2.0/networks.json".
  constexpr std::string_view kSuffix = ".json";
  if (request.path.ends_with(kSuffix)) request.path.resize(request.path.size() - kSuffix.size());
  return router.dispatch(request);
}

Task<Result<std::unique_ptr<Cloud>>> Cloud::start(boost::asio::io_context& context, Env& env, store::Store& store,
                                                  CloudConfig config,
                                                  std::shared_ptr<container_infra::KubernetesAccess> kubernetes) {
  auto opened = co_await Ledger::open(store, env);
  if (!opened) co_return std::unexpected(std::move(opened).error());
  auto parts = std::make_unique<Parts>(*std::move(opened), env, config);
  FW_CO_TRY_DO(co_await identity::bootstrap(*parts->ledger, env, parts->passwords, config.secrets_directory));
  FW_CO_TRY_DO(co_await parts->tokens.maintain());
  if (config.networks.make) {
    FW_CO_TRY_DO(
        co_await network::bootstrap(*parts->ledger, env, config.networks.public_cidr, config.networks.private_cidr));
  }
  FW_CO_TRY(parts->gateways, Gateways::start(context, env, *parts->ledger,
                                             {.address = config.gateway_address, .noop = config.noop_gateway}));
  parts->context.in_force = [gateways = parts->gateways.get()]() -> Task<> {
    static_cast<void>(co_await gateways->wait_in_force(kInForcePatience));
  };
  FW_CO_TRY(parts->drivers,
            container_infra::Drivers::start(context, parts->context, {config.cluster_driver_address}));
  parts->kubernetes = std::move(kubernetes);
  parts->add_routes();
  auto* serving = parts.get();
  auto handler = [serving](http::Request& request) { return serving->serve(request); };
  auto server = http::Server::listen(context, env, "cloud", config.http, {std::move(handler), server_fault});
  if (!server) co_return std::unexpected(std::move(server).error());
  parts->server = *std::move(server);
  parts->context.public_url =
      config.public_url.empty() ? default_url(config.http, parts->server->port()) : config.public_url;
  while (parts->context.public_url.ends_with('/')) parts->context.public_url.pop_back();
  env.log.info("the cloud serves", {{"url", parts->context.public_url}});
  co_return std::unique_ptr<Cloud>(new Cloud(std::move(parts)));  // private constructor
}

Cloud::Cloud(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Cloud::~Cloud() = default;

std::uint16_t Cloud::port() const { return parts_->server->port(); }
const std::string& Cloud::public_url() const { return parts_->context.public_url; }

Task<> Cloud::stop(Duration patience) {
  co_await parts_->server->stop(patience);
  parts_->drivers->stop();
  co_await parts_->gateways->stop();
  // What was decided is written before the store is told to end; nobody waits for it any more.
  const auto written = co_await parts_->ledger->settle();
  if (!written) parts_->context.env.log.warn("the last changes are not written", {{"error", written.error().what}});
}

}  // namespace fairway::cloud
