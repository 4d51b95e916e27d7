// The endpoint for whoever watches a role: GET /livez, /readyz (503 until it serves), /metrics.
#pragma once

#include <memory>
#include <string>

#include "http/server.h"
#include "runtime/env.h"

namespace fairway::app {

class HealthEndpoint {
 public:
  // `env` and `context` outlive it. Error: the port is taken.
  [[nodiscard]] static Result<std::unique_ptr<HealthEndpoint>> listen(boost::asio::io_context& context, Env& env,
                                                                      http::ServerConfig config);
  void set_ready(bool ready) { ready_ = ready; }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  Task<> stop(Duration patience) { return server_->stop(patience); }

 private:
  explicit HealthEndpoint(Metrics& metrics);
  bool ready_ = false;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace fairway::app
