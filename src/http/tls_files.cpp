#include "http/tls_files.h"

#include <cerrno>
#include <fstream>
#include <sstream>

namespace fairway::http {
namespace {

Result<std::string> text_of(const std::string& file, const std::string& pem) {
  if (file.empty()) return pem;
  if (!pem.empty()) return fail(Errc::invalid, "both the file " + file + " and a PEM text are given; give one");
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream.is_open() || stream.bad()) return fail_errno("read " + file, errno);
  return text.str();
}

}  // namespace

Result<net::TlsContext> make_tls_context(const TlsServerConfig& config) {
  net::TlsServerOptions options{.require_client_certificate = config.require_client_certificate};
  FW_TRY(options.certificate_pem, text_of(config.certificate_file, config.certificate_pem));
  FW_TRY(options.key_pem, text_of(config.key_file, config.key_pem));
  FW_TRY(options.client_ca_pem, text_of(config.client_ca_file, config.client_ca_pem));
  return net::make_tls_server_context(options);
}

Result<net::TlsContext> make_tls_context(const TlsClientConfig& config) {
  net::TlsClientOptions options{.insecure = config.insecure};
  FW_TRY(options.ca_pem, text_of(config.ca_file, config.ca_pem));
  FW_TRY(options.certificate_pem, text_of(config.certificate_file, config.certificate_pem));
  FW_TRY(options.key_pem, text_of(config.key_file, config.key_pem));
  return net::make_tls_client_context(options);
}

}  // namespace fairway::http
