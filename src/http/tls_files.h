// From a configuration that names files or holds texts to what net/ takes. Internal to http/.
#pragma once

#include "http/client.h"
#include "http/server.h"
#include "net/tls.h"

namespace fairway::http {

// Errors: not_found, denied (a file), invalid (what it holds; or both a file and a text are given).
[[nodiscard]] Result<net::TlsContext> make_tls_context(const TlsServerConfig& config);
[[nodiscard]] Result<net::TlsContext> make_tls_context(const TlsClientConfig& config);

}  // namespace fairway::http
