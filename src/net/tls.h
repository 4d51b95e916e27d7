// TLS 1.2 and 1.3 over a net::Stream's socket, on OpenSSL. Certificates and keys are PEM texts; who has files reads
// them.
//
// Nothing here weakens OpenSSL's defaults: a client checks the chain and the name unless told to be `insecure`.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "net/stream.h"

namespace fairway::net {

struct TlsServerOptions {
  std::string certificate_pem;  // the chain, leaf first
  std::string key_pem;
  std::string client_ca_pem;  // empty: client certificates are not asked for
  bool require_client_certificate = false;
};

struct TlsClientOptions {
  std::string ca_pem;  // empty: those that the machine trusts
  std::string certificate_pem;
  std::string key_pem;
  bool insecure = false;
};

// What all connections of one server, or to one origin, share. Cheap to copy.
class TlsContext {
 public:
  struct Impl;
  explicit TlsContext(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  [[nodiscard]] Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

// Error: invalid, saying which of the texts is not good (never what it holds).
[[nodiscard]] Result<TlsContext> make_tls_server_context(const TlsServerOptions& options);
[[nodiscard]] Result<TlsContext> make_tls_client_context(const TlsClientOptions& options);

// Both need handshake() before the first byte. A server's stream knows who the client proved to be.
[[nodiscard]] std::unique_ptr<Stream> tls_server_stream(Socket socket, const TlsContext& context);
// `name` (a DNS name or an address) is what the server's certificate must stand for, and the SNI.
[[nodiscard]] std::unique_ptr<Stream> tls_client_stream(Socket socket, const TlsContext& context,
                                                        const std::string& name);

}  // namespace fairway::net
