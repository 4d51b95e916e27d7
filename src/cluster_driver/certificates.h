// Certificates of a cluster's own processes, signed by the cluster's authority: made once, made anew when they lack an
// address, come near their end, or the authority changed.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "net/pki.h"

namespace fairway::cluster_driver {

struct CertificatePurpose {
  net::CertificateSubject subject;
  net::CertificateUse use = net::CertificateUse::server;
};

struct CertificateFiles {
  std::string certificate, key;  // paths
};

// <folder>/<name>.crt and .key; beside them <name>.for, which says for whom and by whom. Errors: the authority's key is
// none, the folder cannot be written.
[[nodiscard]] Result<CertificateFiles> ensure_certificate(const std::string& folder, const std::string& name,
                                                          const net::KeyPair& authority,
                                                          const CertificatePurpose& purpose, const Clock& clock);

}  // namespace fairway::cluster_driver
