#include "cluster_driver/certificates.h"

#include <filesystem>

#include "base/files.h"
#include "base/strings.h"

namespace fairway::cluster_driver {

namespace {

constexpr std::chrono::hours kRenewBefore{24 * 30};

std::string described(const net::KeyPair& authority, const CertificatePurpose& purpose) {
  const net::CertificateSubject& subject = purpose.subject;
  std::string text = std::to_string(static_cast<int>(purpose.use)) + "\n" + subject.common_name + "\n" +
                     join(subject.organizations, ",") + "\n" + join(subject.dns_names, ",") + "\n" +
                     join(subject.addresses, ",") + "\n";
  return text + authority.certificate_pem;
}

bool is_good(const CertificateFiles& files, const std::string& made_for, const std::string& wanted,
             const Clock& clock) {
  const auto known = read_whole_file(made_for);
  const auto certificate = read_whole_file(files.certificate);
  if (!known || *known != wanted || !certificate || !std::filesystem::exists(files.key)) return false;
  const auto expiry = net::certificate_expiry(*certificate);
  return expiry && *expiry > clock.wall() + kRenewBefore;
}

}  // namespace

Result<CertificateFiles> ensure_certificate(const std::string& folder, const std::string& name,
                                            const net::KeyPair& authority, const CertificatePurpose& purpose,
                                            const Clock& clock) {
  CertificateFiles files{folder + "/" + name + ".crt", folder + "/" + name + ".key"};
  const std::string made_for = folder + "/" + name + ".for";
  const std::string wanted = described(authority, purpose);
  if (is_good(files, made_for, wanted, clock)) return files;
  FW_TRY(const net::KeyPair pair,
         within(net::issue_certificate(authority, purpose.subject, purpose.use, clock), "a certificate for " + name));
  FW_TRY_DO(write_private_file(files.key, pair.key_pem));
  FW_TRY_DO(write_private_file(files.certificate, pair.certificate_pem));
  FW_TRY_DO(write_private_file(made_for, wanted));
  return files;
}

}  // namespace fairway::cluster_driver
