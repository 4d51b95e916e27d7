#include "net/pki.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>

namespace fairway::net {
namespace {

template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Request = std::unique_ptr<X509_REQ, Free<X509_REQ_free>>;
using Time = std::unique_ptr<ASN1_TIME, Free<ASN1_TIME_free>>;

constexpr std::chrono::hours back_dated{1};
constexpr std::chrono::hours leaf_lifetime{24 * 365};
constexpr std::chrono::hours authority_lifetime{24 * 3650};

std::unexpected<Error> fail_openssl(std::string_view doing) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return fail(Errc::internal, std::string(doing) + ": " + text.data());
}

std::string take_text(const Bio& bio) {
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(length)};
}

Bio bio_of(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

Result<KeyPair> to_pem(const Certificate& certificate, const Key& key) {
  const Bio certificate_bio(BIO_new(BIO_s_mem()));
  const Bio key_bio(BIO_new(BIO_s_mem()));
  const bool written =
      PEM_write_bio_X509(certificate_bio.get(), certificate.get()) == 1 &&
      PEM_write_bio_PKCS8PrivateKey(key_bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  if (!written) return fail_openssl("write a certificate");
  return KeyPair{take_text(certificate_bio), take_text(key_bio)};
}

Result<Certificate> read_certificate(const std::string& pem) {
  Certificate certificate(PEM_read_bio_X509(bio_of(pem).get(), nullptr, nullptr, nullptr));
  if (certificate) return certificate;
  ERR_clear_error();
  return fail(Errc::invalid, "the text holds no PEM certificate");
}

Result<> add_extension(const Certificate& certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate.get(), nullptr, nullptr, 0);
  const Extension made(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  if (!made || X509_add_ext(certificate.get(), made.get(), -1) != 1)
    return fail_openssl("add the extension " + value);
  return {};
}

Result<> add_name(X509_NAME* subject, int kind, const std::string& text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const int length = static_cast<int>(text.size());
  if (X509_NAME_add_entry_by_NID(subject, kind, MBSTRING_UTF8, bytes, length, -1, 0) == 1) return {};
  ERR_clear_error();
  return fail(Errc::invalid,
              fmt::format("'{}' cannot stand in a certificate's name (1 to 64 characters of UTF-8)", text));
}

// RFC 5280, section 4.1.2.2: positive, at most 20 bytes.
Result<> set_serial(const Certificate& certificate) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) return fail_openssl("make a serial number");
  bytes[0] &= 0x7fU;
  const std::unique_ptr<BIGNUM, Free<BN_free>> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  if (!number || BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) == nullptr) {
    return fail_openssl("make a serial number");
  }
  return {};
}

Result<> set_validity(const Certificate& certificate, const Clock& clock, std::chrono::seconds lifetime) {
  const std::time_t from = std::chrono::system_clock::to_time_t(clock.wall() - back_dated);
  const bool set = ASN1_TIME_set(X509_getm_notBefore(certificate.get()), from) != nullptr &&
                   ASN1_TIME_set(X509_getm_notAfter(certificate.get()), from + lifetime.count()) != nullptr;
  if (!set) return fail_openssl("set a certificate's validity");
  return {};
}

// "DNS:a,IP:10.0.0.1"; a name that would end the list, or is no name, is refused.
Result<std::string> alternative_names(const CertificateSubject& subject) {
  std::string text;
  for (const auto& name : subject.dns_names) {
    const auto odd = [](char c) {
      return !(std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '*' || c == '_');
    };
    if (name.empty() || std::ranges::any_of(name, odd)) return fail(Errc::invalid, "'" + name + "' is no DNS name");
    text += (text.empty() ? "DNS:" : ",DNS:") + name;
  }
  for (const auto& address : subject.addresses) {
    boost::system::error_code error;
    const auto parsed = boost::asio::ip::make_address(address, error);
    if (error) return fail(Errc::invalid, "'" + address + "' is no IP address");
    text += (text.empty() ? "IP:" : ",IP:") + parsed.to_string();
  }
  return text;
}

struct Draft {
  Certificate certificate;
  Key key;
};

// A certificate with its name, key, serial number and validity; unsigned.
Result<Draft> draft(const CertificateSubject& subject, std::chrono::seconds lifetime, const Clock& clock) {
  Draft made{Certificate(X509_new()), Key(EVP_EC_gen("P-256"))};
  if (!made.certificate || !made.key) return fail_openssl("make a key");
  X509_set_version(made.certificate.get(), 2);  // counted from 0: version 3
  FW_TRY_DO(set_serial(made.certificate));
  FW_TRY_DO(set_validity(made.certificate, clock, lifetime));
  X509_NAME* name = X509_get_subject_name(made.certificate.get());
  for (const auto& organization : subject.organizations)
    FW_TRY_DO(add_name(name, NID_organizationName, organization));
  FW_TRY_DO(add_name(name, NID_commonName, subject.common_name));
  if (X509_set_pubkey(made.certificate.get(), made.key.get()) != 1) return fail_openssl("set a certificate's key");
  return made;
}

Result<> sign(const Certificate& certificate, X509* issuer, const Key& key) {
  const bool done = X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)) == 1 &&
                    X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0;
  if (!done) return fail_openssl("sign a certificate");
  return {};
}

struct FreeExtensions {
  void operator()(STACK_OF(X509_EXTENSION) * list) const { sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free); }
};
using Extensions = std::unique_ptr<STACK_OF(X509_EXTENSION), FreeExtensions>;

// Copies what a request may ask for; says whether it named its uses.
Result<bool> copy_extensions(const Certificate& certificate, const Request& request) {
  const Extensions asked(X509_REQ_get_extensions(request.get()));
  bool uses = false;
  for (int i = 0; asked && i < sk_X509_EXTENSION_num(asked.get()); ++i) {
    X509_EXTENSION* extension = sk_X509_EXTENSION_value(asked.get(), i);
    const int kind = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (kind == NID_key_usage) continue;  // ours says the same of every key
    if (kind != NID_ext_key_usage && kind != NID_subject_alt_name) {
      const char* name = OBJ_nid2sn(kind);
      return fail(Errc::invalid, fmt::format("Extension '{}' not allowed", name == nullptr ? "?" : name));
    }
    uses = uses || kind == NID_ext_key_usage;
    if (X509_add_ext(certificate.get(), extension, -1) != 1) return fail_openssl("copy an extension");
  }
  return uses;
}

struct Authority {
  Certificate certificate;
  Key key;
};

Result<Authority> read_authority(const KeyPair& authority) {
  FW_TRY(Certificate issuer, within(read_certificate(authority.certificate_pem), "read the authority's certificate"));
  Key key(PEM_read_bio_PrivateKey(bio_of(authority.key_pem).get(), nullptr, nullptr, nullptr));
  if (key) return Authority{std::move(issuer), std::move(key)};
  ERR_clear_error();
  return fail(Errc::invalid, "the authority's key is not good PEM");
}

Result<Request> read_request(const std::string& pem) {
  Request request(PEM_read_bio_X509_REQ(bio_of(pem).get(), nullptr, nullptr, nullptr));
  EVP_PKEY* key = request ? X509_REQ_get0_pubkey(request.get()) : nullptr;
  if (key == nullptr) {
    ERR_clear_error();
    return fail(Errc::invalid, "the text holds no certificate signing request in PEM");
  }
  if (X509_REQ_verify(request.get(), key) == 1) return request;
  ERR_clear_error();
  return fail(Errc::invalid, "the certificate signing request is not signed by its own key");
}

}  // namespace

Result<KeyPair> make_certificate_authority(const std::string& common_name, const Clock& clock) {
  FW_TRY(const Draft made, draft({.common_name = common_name}, authority_lifetime, clock));
  X509* self = made.certificate.get();
  FW_TRY_DO(add_extension(made.certificate, self, NID_basic_constraints, "critical,CA:TRUE"));
  FW_TRY_DO(add_extension(made.certificate, self, NID_key_usage, "critical,digitalSignature,keyCertSign,cRLSign"));
  FW_TRY_DO(add_extension(made.certificate, self, NID_subject_key_identifier, "hash"));
  FW_TRY_DO(sign(made.certificate, self, made.key));
  return to_pem(made.certificate, made.key);
}

Result<KeyPair> issue_certificate(const KeyPair& authority, const CertificateSubject& subject, CertificateUse use,
                                  const Clock& clock) {
  FW_TRY(const auto issuing, read_authority(authority));
  const auto& [issuer, issuer_key] = issuing;
  FW_TRY(const std::string names, alternative_names(subject));
  FW_TRY(const Draft made, draft(subject, leaf_lifetime, clock));
  const char* extended = use == CertificateUse::both     ? "serverAuth,clientAuth"
                         : use == CertificateUse::server ? "serverAuth"
                                                         : "clientAuth";
  FW_TRY_DO(add_extension(made.certificate, issuer.get(), NID_basic_constraints, "critical,CA:FALSE"));
  FW_TRY_DO(add_extension(made.certificate, issuer.get(), NID_key_usage, "critical,digitalSignature"));
  FW_TRY_DO(add_extension(made.certificate, issuer.get(), NID_ext_key_usage, extended));
  FW_TRY_DO(add_extension(made.certificate, issuer.get(), NID_authority_key_identifier, "keyid"));
  if (!names.empty()) FW_TRY_DO(add_extension(made.certificate, issuer.get(), NID_subject_alt_name, names));
  FW_TRY_DO(sign(made.certificate, issuer.get(), issuer_key));
  return to_pem(made.certificate, made.key);
}

Result<std::string> sign_request(const KeyPair& authority, const std::string& request_pem, const Clock& clock) {
  FW_TRY(const auto issuing, read_authority(authority));
  FW_TRY(const Request request, read_request(request_pem));
  const Certificate made(X509_new());
  X509* issuer = issuing.certificate.get();
  if (!made || X509_set_version(made.get(), 2) != 1 ||
      X509_set_subject_name(made.get(), X509_REQ_get_subject_name(request.get())) != 1 ||
      X509_set_pubkey(made.get(), X509_REQ_get0_pubkey(request.get())) != 1) {
    return fail_openssl("make a certificate");
  }
  FW_TRY_DO(set_serial(made));
  FW_TRY_DO(set_validity(made, clock, leaf_lifetime));
  FW_TRY_DO(add_extension(made, issuer, NID_basic_constraints, "critical,CA:FALSE"));
  FW_TRY_DO(add_extension(made, issuer, NID_key_usage, "critical,digitalSignature,keyEncipherment"));
  FW_TRY(const bool uses, copy_extensions(made, request));
  if (!uses) FW_TRY_DO(add_extension(made, issuer, NID_ext_key_usage, "clientAuth"));
  FW_TRY_DO(add_extension(made, issuer, NID_authority_key_identifier, "keyid"));
  FW_TRY_DO(sign(made, issuer, issuing.key));
  const Bio text(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(text.get(), made.get()) != 1) return fail_openssl("write a certificate");
  return take_text(text);
}

Result<WallTime> certificate_expiry(const std::string& certificate_pem) {
  FW_TRY(const Certificate certificate, read_certificate(certificate_pem));
  const Time epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, epoch.get(), X509_get0_notAfter(certificate.get())) != 1) {
    return fail(Errc::invalid, "the certificate's validity cannot be read");
  }
  return WallTime(std::chrono::hours(24) * days + std::chrono::seconds(seconds));
}

}  // namespace fairway::net
