// An HTTP/1.1 server on the loop: keep-alive, TLS, streaming, and a limit on everything a stranger can send.
//
// Contract: one coroutine a connection; a handler that throws is a broken invariant. Over a limit the peer gets 431,
// 413 or 408 and the connection closes; a malformed request gets 400. Nothing reaches a handler before its body is
// whole. Stop: stop() closes the listeners, tells streams (BodyWriter::closed), lets requests in flight end within
// the patience, then closes what is left.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/router.h"
#include "net/stream.h"
#include "runtime/env.h"

namespace fairway::http {

struct TlsServerConfig {
  std::string certificate_file;  // PEM chain
  std::string certificate_pem;   // or the text itself; likewise below
  std::string key_file;
  std::string key_pem;
  std::string client_ca_file;  // neither file nor text: client certificates are not asked for
  std::string client_ca_pem;
  bool require_client_certificate = false;
};

struct ServerConfig {
  std::string bind = "127.0.0.1";      // an address, or "unix:/path"
  std::uint16_t port = 0;              // 0: the kernel chooses; see port()
  std::string network_namespace = {};  // where it listens; empty: our own. It lives for as long as the server listens
  std::optional<TlsServerConfig> tls;
  std::size_t max_header_bytes = 64 * 1024;
  std::size_t max_body_bytes = 3 * 1024 * 1024;
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds write_timeout{30'000};
  std::size_t max_connections = 4096;
};

// A connection that goes on as something else than HTTP (RFC 9110, section 7.8).
struct Upgrade {
  Response response;  // 101 with the headers that the other protocol wants, or a refusal
  // After a 101: has the connection, and what was received of it by then, until it returns; then the connection closes.
  std::function<Task<>(net::Stream& stream, std::string received)> go_on = {};
};

// Who answers.
struct Answers {
  // For a 413, 431, 400 or 408 that the server itself answers, `fault` (if set) makes the body in the API's own
  // shape.
  using Fault = std::function<Response(int status, std::string_view what)>;
  // Asked instead of the handler for a request with the header Upgrade; unset: the handler answers those too.
  using Upgrades = std::function<Task<Upgrade>(Request&)>;

  template <std::convertible_to<Handler> Function>
  Answers(Function to_requests, Fault to_faults = {}, Upgrades to_upgrades = {})
      : handler(std::move(to_requests)), fault(std::move(to_faults)), upgrades(std::move(to_upgrades)) {}

  Handler handler;
  Fault fault;
  Upgrades upgrades;
};

class Server {
 public:
  using Fault = Answers::Fault;
  // What `answers` refers to, and `env`, must outlive the server. `name` is the label of its metrics and log lines.
  // Errors: invalid (an address or a TLS text), already_exists (served by another), denied, not_found (a file).
  [[nodiscard]] static Result<std::unique_ptr<Server>> listen(boost::asio::io_context& context, Env& env,
                                                              std::string name, ServerConfig config, Answers answers);
  virtual ~Server() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;  // 0 for a Unix socket
  virtual Task<> stop(Duration patience) = 0;
};

}  // namespace fairway::http
