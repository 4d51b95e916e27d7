#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <cerrno>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace fairway::net {

struct TlsContext::Impl {
  boost::asio::ssl::context context{boost::asio::ssl::context::tls};
  bool insecure = false;
};

namespace {

using boost::asio::redirect_error;
using boost::asio::use_awaitable;
using boost::system::error_code;
namespace ssl = boost::asio::ssl;

std::string entry_text(const X509_NAME_ENTRY* entry) {
  unsigned char* bytes = nullptr;
  const int length = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry));
  if (length < 0) return "";
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
  OPENSSL_free(bytes);
  return text;
}

// Of a chain that the handshake has verified.
PeerIdentity identity_of(SSL* connection) {
  PeerIdentity identity;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(connection), &X509_free);
  if (!certificate || SSL_get_verify_result(connection) != X509_V_OK) return identity;
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_organizationName, at)) >= 0;) {
    identity.organizations.push_back(entry_text(X509_NAME_get_entry(subject, at)));
  }
  const int name = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (name >= 0) identity.common_name = entry_text(X509_NAME_get_entry(subject, name));
  return identity;
}

// A peer that closes without TLS's own goodbye has closed all the same; HTTP's framing says whether something is
// missing.
error_code plain_end(const error_code& error) {
  const bool end = error == ssl::error::stream_truncated || error == boost::asio::error::eof;
  return end ? error_code(boost::asio::error::eof) : error;
}

class TlsStream final : public Stream {
 public:
  TlsStream(Socket socket, TlsContext context, ssl::stream_base::handshake_type role)
      : context_(std::move(context)), stream_(std::move(socket), context_.impl().context), role_(role) {
    error_code ignored;  // a Unix socket has no such option
    stream_.next_layer().set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  }

  // Of a client: what the certificate must stand for.
  void expect(const std::string& name) {
    SSL* connection = stream_.native_handle();
    error_code no_address;
    (void)boost::asio::ip::make_address(name, no_address);
    X509_VERIFY_PARAM* wanted = SSL_get0_param(connection);
    if (!no_address) {
      X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str());
    } else {
      X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size());
      SSL_set_tlsext_host_name(connection, name.c_str());
    }
  }

  Task<Result<>> handshake() override {
    error_code error;
    co_await stream_.async_handshake(role_, redirect_error(use_awaitable, error));
    if (!error) {
      identity_ = identity_of(stream_.native_handle());
      co_return Result<>{};
    }
    std::string cause = error.message();
    const long verdict = SSL_get_verify_result(stream_.native_handle());
    if (verdict != X509_V_OK) cause += std::string(": ") + X509_verify_cert_error_string(verdict);
    co_return fail(Errc::unavailable, "TLS handshake: " + cause);
  }

  Task<Moved> read_some(boost::asio::mutable_buffer into) override {
    Moved moved;
    error_code error;
    moved.bytes = co_await stream_.async_read_some(into, redirect_error(use_awaitable, error));
    moved.error = plain_end(error);
    co_return moved;
  }

  // One buffer, so that a small answer is one record.
  Task<error_code> write(std::string_view first, std::string_view second) override {
    error_code error;
    if (second.empty()) {
      co_await boost::asio::async_write(stream_, boost::asio::buffer(first), redirect_error(use_awaitable, error));
      co_return error;
    }
    output_.assign(first);
    output_ += second;
    co_await boost::asio::async_write(stream_, boost::asio::buffer(output_), redirect_error(use_awaitable, error));
    if (output_.capacity() > kept_capacity) output_ = {};
    co_return error;
  }

  void cancel() override {
    error_code ignored;
    stream_.next_layer().cancel(ignored);
  }
  void end_output() override {
    error_code ignored;
    stream_.next_layer().shutdown(Socket::shutdown_send, ignored);
  }
  void close() override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }

  // Bytes on the socket may be no more than a session ticket; a connection with any is not used again all the same.
  [[nodiscard]] bool idle() const override {
    auto& socket = const_cast<ssl::stream<Socket>&>(stream_).next_layer();
    if (!socket.is_open()) return false;
    char byte = 0;
    const auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
  [[nodiscard]] const PeerIdentity& identity() const override { return identity_; }

 private:
  static constexpr std::size_t kept_capacity = 64 * 1024;
  TlsContext context_;
  ssl::stream<Socket> stream_;
  ssl::stream_base::handshake_type role_;
  PeerIdentity identity_;
  std::string output_;
};

Result<> check(const error_code& error, std::string_view what) {
  if (error) return fail(Errc::invalid, std::string(what) + ": " + error.message());
  return {};
}

Result<> use_certificate(ssl::context& context, const std::string& certificate_pem, const std::string& key_pem) {
  error_code error;
  context.use_certificate_chain(boost::asio::buffer(certificate_pem), error);
  FW_TRY_DO(check(error, "the certificate is not good PEM"));
  context.use_private_key(boost::asio::buffer(key_pem), ssl::context::pem, error);
  FW_TRY_DO(check(error, "the key is not good PEM, or not the certificate's"));
  return {};
}

std::shared_ptr<TlsContext::Impl> new_context() {
  auto impl = std::make_shared<TlsContext::Impl>();
  SSL_CTX* native = impl->context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  // Connections are long-lived, so sessions are not resumed: no tickets, no cache.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(native, 0);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  return impl;
}

}  // namespace

Result<TlsContext> make_tls_server_context(const TlsServerOptions& options) {
  auto impl = new_context();
  FW_TRY_DO(use_certificate(impl->context, options.certificate_pem, options.key_pem));
  if (!options.client_ca_pem.empty()) {
    error_code error;
    impl->context.add_certificate_authority(boost::asio::buffer(options.client_ca_pem), error);
    FW_TRY_DO(check(error, "the clients' CA is not good PEM"));
    const int require = options.require_client_certificate ? ssl::verify_fail_if_no_peer_cert : 0;
    impl->context.set_verify_mode(ssl::verify_peer | require, error);
    FW_TRY_DO(check(error, "ask for client certificates"));
  }
  return TlsContext(std::move(impl));
}

Result<TlsContext> make_tls_client_context(const TlsClientOptions& options) {
  auto impl = new_context();
  error_code error;
  if (!options.certificate_pem.empty() || !options.key_pem.empty()) {
    FW_TRY_DO(use_certificate(impl->context, options.certificate_pem, options.key_pem));
  }
  if (options.ca_pem.empty()) {
    impl->context.set_default_verify_paths(error);
  } else {
    impl->context.add_certificate_authority(boost::asio::buffer(options.ca_pem), error);
  }
  FW_TRY_DO(check(error, "the CA is not good PEM"));
  impl->insecure = options.insecure;
  impl->context.set_verify_mode(options.insecure ? ssl::verify_none : ssl::verify_peer, error);
  FW_TRY_DO(check(error, "set the verification"));
  return TlsContext(std::move(impl));
}

std::unique_ptr<Stream> tls_server_stream(Socket socket, const TlsContext& context) {
  return std::make_unique<TlsStream>(std::move(socket), context, ssl::stream_base::server);
}

std::unique_ptr<Stream> tls_client_stream(Socket socket, const TlsContext& context, const std::string& name) {
  auto stream = std::make_unique<TlsStream>(std::move(socket), context, ssl::stream_base::client);
  stream->expect(name);
  return stream;
}

}  // namespace fairway::net
