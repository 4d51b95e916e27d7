// The endpoint for whoever watches a role: GET /healthz, /readyz (503 with the reasons until it serves), /metrics.
#pragma once

#include <memory>

#include "http/ops.h"
#include "http/server.h"
#include "runtime/env.h"

namespace fairway::app {

class HealthEndpoint {
 public:
  // `env`, `context` and `readiness` outlive it. Error: the port is taken.
  [[nodiscard]] static Result<std::unique_ptr<HealthEndpoint>> listen(boost::asio::io_context& context, Env& env,
                                                                      const http::Readiness& readiness,
                                                                      http::ServerConfig config);
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  Task<> stop(Duration patience) { return server_->stop(patience); }

 private:
  HealthEndpoint() = default;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace fairway::app
