// An HTTP/1.1 client on the loop: pooled keep-alive connections to one origin, TLS, deadlines, streamed answers.
//
// Errors: unavailable (refused, reset, TLS failure, closed early), timeout, too_large. A status of 4xx or 5xx is an
// answer, not an error. A request on a pooled connection that turns out to be dead before any byte of the answer is
// sent again once, if its method is idempotent; `maybe_sent` in the error text tells the caller of a POST that it may
// have been done.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "http/message.h"
#include "runtime/env.h"

namespace fairway::http {

struct TlsClientConfig {
  std::string ca_file;           // empty: the machine's own
  std::string ca_pem;            // or the text itself
  std::string certificate_file;  // client certificate, or the text:
  std::string certificate_pem;
  std::string key_file;
  std::string key_pem;
  std::string server_name;  // SNI and the name checked; default: the URL's host
  bool insecure = false;
};

struct ClientConfig {
  std::string origin;  // "http://127.0.0.1:9876", "https://…", "unix:/path"; a path in it is prefixed to every target
  TlsClientConfig tls;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds request_timeout{60'000};
  std::size_t max_body_bytes = 64 * 1024 * 1024;
  std::size_t max_idle_connections = 8;
  std::string user_agent = "fairway/" FAIRWAY_VERSION;
};

// A streamed answer: head at once, body piece by piece.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  [[nodiscard]] virtual int status() const = 0;
  [[nodiscard]] virtual const Headers& headers() const = 0;
  // The next piece as it arrives; empty at the end. `idle` without a byte is a timeout error.
  virtual Task<Result<std::string>> read_some(Duration idle) = 0;
};

class Client {
 public:
  virtual ~Client() = default;
  // `target` of the request is appended to the origin's path. Threads: the loop's.
  virtual Task<Result<Response>> send(Request request) = 0;
  virtual Task<Result<std::unique_ptr<BodyReader>>> open(Request request) = 0;
};

[[nodiscard]] Result<std::unique_ptr<Client>> make_client(boost::asio::io_context& context, Env& env,
                                                          ClientConfig config);

}  // namespace fairway::http
