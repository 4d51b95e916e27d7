#include "app/health.h"

namespace fairway::app {

HealthEndpoint::HealthEndpoint(Metrics& metrics) {
  router_.add("GET", "/livez",
              [](http::Request&) -> Task<http::Response> { co_return http::Response::text(200, "ok\n"); });
  router_.add("GET", "/readyz", [this](http::Request&) -> Task<http::Response> {
    co_return ready_ ? http::Response::text(200, "ok\n") : http::Response::text(503, "not ready\n");
  });
  router_.add("GET", "/metrics", [&metrics](http::Request&) -> Task<http::Response> {
    http::Response answer = http::Response::text(200, metrics.to_prometheus());
    answer.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    co_return answer;
  });
}

Result<std::unique_ptr<HealthEndpoint>> HealthEndpoint::listen(boost::asio::io_context& context, Env& env,
                                                               http::ServerConfig config) {
  std::unique_ptr<HealthEndpoint> endpoint(new HealthEndpoint(env.metrics));  // private constructor
  config.max_connections = 64;
  config.max_body_bytes = 1024;
  auto* self = endpoint.get();
  FW_TRY(endpoint->server_,
         http::Server::listen(context, env, "health", std::move(config),
                              [self](http::Request& request) { return self->router_.dispatch(request); }));
  return endpoint;
}

}  // namespace fairway::app
