#include "app/health.h"

namespace fairway::app {

Result<std::unique_ptr<HealthEndpoint>> HealthEndpoint::listen(boost::asio::io_context& context, Env& env,
                                                               const http::Readiness& readiness,
                                                               http::ServerConfig config) {
  std::unique_ptr<HealthEndpoint> endpoint(new HealthEndpoint());  // private constructor
  http::add_ops_routes(endpoint->router_, env, readiness);
  config.max_connections = 64;
  config.max_body_bytes = 1024;
  auto* self = endpoint.get();
  FW_TRY(endpoint->server_,
         http::Server::listen(context, env, "health", std::move(config),
                              [self](http::Request& request) { return self->router_.dispatch(request); }));
  return endpoint;
}

}  // namespace fairway::app
