// What the files of the dashboard share. Internal to dashboard/.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cloud/api/context.h"
#include "cloud/container_infra/drivers.h"
#include "cloud/dashboard/login_limiter.h"
#include "cloud/dashboard/session.h"
#include "cloud/dashboard/views.h"
#include "cloud/load_balancer/gateways.h"
#include "http/router.h"
#include "runtime/sync.h"

namespace fairway::cloud::dashboard {

// Lives as long as the last request or stream that uses it.
struct Parts {
  Parts(http::Router& of, ApiContext& with, Gateways& facts, container_infra::Drivers& clusters)
      : router(of), context(with), gateways(facts), drivers(clusters), limiter(with.env.clock) {}

  http::Router& router;
  ApiContext& context;
  Gateways& gateways;
  container_infra::Drivers& drivers;
  LoginLimiter limiter;
  Notify changed;             // the state or a fact, or a stream's end
  std::uint64_t changes = 0;  // how often
  std::size_t streams = 0;    // open now

  [[nodiscard]] CookieRules cookies() const { return cookie_rules(context.public_url); }
  [[nodiscard]] World world() const {
    return {context.ledger.state(), gateways.facts(), gateways.connected(), drivers.what_is_missing()};
  }
};
using SharedParts = std::shared_ptr<Parts>;

// A request of somebody with a session.
struct Asked {
  http::Request& request;
  std::string token;
  Caller caller;
};

// Asks one of the cloud's own APIs, as the holder of the token. `body` null: none.
struct InnerRequest {
  std::string method, target;
  json::Value body = nullptr;
};
[[nodiscard]] Task<http::Response> ask_cloud(SharedParts parts, std::string token, InnerRequest wanted);
// The sentence of an API's error answer, whichever API it was.
[[nodiscard]] std::string error_sentence(const http::Response& response);

[[nodiscard]] http::Response error_response(const Error& error);
[[nodiscard]] http::Response error_response(int status, std::string_view sentence);

// A view's answer, durable when it is made. Errors: those of the view; denied; unavailable.
[[nodiscard]] Task<Result<std::string>> look(SharedParts parts, const ViewKind& kind, Caller caller,
                                             const http::Query& query);
// The view as server-sent events: the whole view whenever it is another, "event: ended" when the session is over.
[[nodiscard]] Result<http::Response> watch(const SharedParts& parts, const ViewKind& kind, const Asked& asked);

}  // namespace fairway::cloud::dashboard
