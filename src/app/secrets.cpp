#include "app/secrets.h"

#include <filesystem>

#include "base/strings.h"
#include "net/pki.h"

namespace fairway::app {

namespace fs = std::filesystem;

namespace {

Result<std::string> read_or_make_token(const Instance& instance, const std::string& name, Random& random) {
  const std::string path = instance.secret(name + ".token");
  if (fs::exists(path)) {
    FW_TRY(const std::string text, read_whole_file(path));
    return std::string(trim(text));
  }
  const std::string token = make_secret(random, 32);
  FW_TRY_DO(write_private_file(path, token + "\n"));
  return token;
}

Result<net::KeyPair> read_or_make_authority(const Instance& instance, const Clock& clock) {
  const std::string certificate = instance.secret("ca.crt");
  const std::string key = instance.secret("ca.key");
  net::KeyPair authority;
  if (fs::exists(certificate) && fs::exists(key)) {
    FW_TRY(authority.certificate_pem, read_whole_file(certificate));
    FW_TRY(authority.key_pem, read_whole_file(key));
    return authority;
  }
  FW_TRY(authority, net::make_certificate_authority("fairway " + instance.prefix(), clock));
  FW_TRY_DO(write_private_file(key, authority.key_pem));
  FW_TRY_DO(write_private_file(certificate, authority.certificate_pem));
  return authority;
}

bool is_fresh(const std::string& path, const Clock& clock) {
  const auto text = read_whole_file(path);
  if (!text) return false;
  const auto expiry = net::certificate_expiry(*text);
  return expiry && *expiry > clock.wall() + std::chrono::hours(24 * 30);
}

Result<> ensure_server_certificate(const Instance& instance, const net::KeyPair& authority, const Clock& clock) {
  const std::string certificate = instance.secret("kube-api.crt");
  const std::string key = instance.secret("kube-api.key");
  if (is_fresh(certificate, clock) && fs::exists(key)) return {};
  const net::CertificateSubject subject{
      .common_name = "kube-apiserver",
      .organizations = {},
      .dns_names = {"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                    "kubernetes.default.svc.cluster.local"},
      .addresses = {"127.0.0.1", "10.96.0.1"}};
  FW_TRY(const net::KeyPair pair, net::issue_certificate(authority, subject, net::CertificateUse::server, clock));
  FW_TRY_DO(write_private_file(key, pair.key_pem));
  return write_private_file(certificate, pair.certificate_pem);
}

}  // namespace

Result<> make_secrets(const Instance& instance, const Clock& clock, Random& random) {
  FW_TRY(const net::KeyPair authority, read_or_make_authority(instance, clock));
  FW_TRY_DO(ensure_server_certificate(instance, authority, clock));
  for (const std::string name : {"admin", "controller", "lab"}) {
    FW_TRY(const std::string token, read_or_make_token(instance, name, random));
    const std::string path = name == "admin" ? instance.path("kubeconfig") : instance.secret(name + ".kubeconfig");
    FW_TRY_DO(write_private_file(path, kubeconfig(instance, authority.certificate_pem, name, token)));
  }
  return {};
}

Result<Person> read_person(const Instance& instance, const std::string& user) {
  FW_TRY(const std::string password, read_whole_file(instance.secret(user + ".password")));
  return Person{user, user, std::string(trim(password))};
}

}  // namespace fairway::app
