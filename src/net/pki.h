// A certificate authority of one's own, for what Fairway serves itself: the embedded Kubernetes API, the gateway's
// link.
//
// EC P-256 keys, SHA-256 signatures; PEM texts in and out, written to disk by whoever owns the folder (keys with mode
// 0600). Keys and serial numbers come from OpenSSL's generator, not from Env: a test that needs to repeat them has
// none.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace fairway::net {

struct KeyPair {
  std::string certificate_pem;
  std::string key_pem;  // PKCS#8
};

struct CertificateSubject {
  std::string common_name;
  std::vector<std::string> organizations;  // groups, where Kubernetes reads the certificate
  std::vector<std::string> dns_names;      // subject alternative names
  std::vector<std::string> addresses;
};

// `both` is for servers that are clients of their like, or of themselves: etcd and its gateway.
enum class CertificateUse { server, client, both };

// Valid for ten years from an hour ago (clocks differ). Errors: invalid (a name or address), internal.
[[nodiscard]] Result<KeyPair> make_certificate_authority(const std::string& common_name, const Clock& clock);
// Signed by `authority`, valid for one year from an hour ago.
[[nodiscard]] Result<KeyPair> issue_certificate(const KeyPair& authority, const CertificateSubject& subject,
                                                CertificateUse use, const Clock& clock);
// A certificate for whoever made the request (PKCS#10, PEM), with its subject, its alternative names and its uses (a
// client's, where it names none), signed by `authority`, valid for one year. Errors: invalid: no request, one that its
// own key has not signed, an extension that an authority's user may not have ("Extension 'basicConstraints' not
// allowed").
[[nodiscard]] Result<std::string> sign_request(const KeyPair& authority, const std::string& request_pem,
                                               const Clock& clock);
// When the first certificate in the text ends to be valid. Error: invalid.
[[nodiscard]] Result<WallTime> certificate_expiry(const std::string& certificate_pem);

}  // namespace fairway::net
