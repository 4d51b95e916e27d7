#include "cloud/identity/passwords.h"

#include <array>
#include <optional>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/strings.h"

namespace fairway::cloud::identity {
namespace {

constexpr std::size_t kKeyBytes = 32, kSaltBytes = 16, kRemembered = 4096;
constexpr std::uint64_t kMaxMemory = 256U * 1024U * 1024U;

std::string random_bytes(Random& random, std::size_t count) {
  std::string bytes(count, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

const unsigned char* as_bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string derive(std::string_view password, std::string_view salt, const ScryptCost& cost) {
  std::string key(kKeyBytes, '\0');
  FW_CHECK(EVP_PBE_scrypt(password.data(), password.size(), as_bytes(salt), salt.size(), cost.n, cost.r, cost.p,
                          kMaxMemory, reinterpret_cast<unsigned char*>(key.data()), key.size()) == 1);
  return key;
}

struct Stored {
  ScryptCost cost;
  std::string salt, key;
};

std::optional<Stored> parse_stored(std::string_view text) {
  const auto parts = split(text, '$');
  if (parts.size() != 6 || parts[0] != "scrypt") return std::nullopt;
  const auto n = parse_int(parts[1]), r = parse_int(parts[2]), p = parse_int(parts[3]);
  auto salt = base64_decode(parts[4]), key = base64_decode(parts[5]);
  if (!n || !r || !p || !salt || !key || key->size() != kKeyBytes) return std::nullopt;
  // Only costs that OpenSSL takes: n a power of two over 1, within the memory limit.
  if (*n < 2 || (*n & (*n - 1)) != 0 || *n > (1 << 20) || *r < 1 || *r > 16 || *p < 1 || *p > 16) return std::nullopt;
  const ScryptCost cost{static_cast<std::uint64_t>(*n), static_cast<std::uint64_t>(*r),
                        static_cast<std::uint64_t>(*p)};
  return Stored{cost, *std::move(salt), *std::move(key)};
}

std::string format_stored(const Stored& stored) {
  return fmt::format("scrypt${}${}${}${}${}", stored.cost.n, stored.cost.r, stored.cost.p, base64_encode(stored.salt),
                     base64_encode(stored.key));
}

}  // namespace

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  FW_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), as_bytes(text), text.size(),
                reinterpret_cast<unsigned char*>(digest.data()), &length) != nullptr);
  digest.resize(length);
  return digest;
}

Passwords::Passwords(Random& random, ScryptCost cost)
    : random_(random),
      cost_(cost),
      key_(random_bytes(random, kKeyBytes)),
      decoy_(format_stored({cost, random_bytes(random, kSaltBytes), random_bytes(random, kKeyBytes)})) {}

Task<std::string> Passwords::hash(std::string password) {
  Stored stored{cost_, random_bytes(random_, kSaltBytes), {}};
  const auto salt = stored.salt;
  const auto cost = cost_;
  std::function<std::string()> work = [password = std::move(password), salt, cost] {
    return derive(password, salt, cost);
  };
  stored.key = co_await worker_.run<std::string>(std::move(work));
  co_return format_stored(stored);
}

Task<bool> Passwords::verify(std::string stored, std::string password) {
  const auto mark = fingerprint(stored, password);
  if (right_.contains(mark)) co_return true;
  const auto parsed = parse_stored(stored);
  const auto target = parsed ? *parsed : *parse_stored(decoy_);
  std::function<std::string()> work = [password = std::move(password), target] {
    return derive(password, target.salt, target.cost);
  };
  const auto key = co_await worker_.run<std::string>(std::move(work));
  const bool right = equal_in_constant_time(key, target.key) && parsed.has_value();
  if (right) remember(mark);
  co_return right;
}

std::string Passwords::fingerprint(std::string_view stored, std::string_view password) const {
  return hmac_sha256(key_, fmt::format("{}:{}{}", stored.size(), stored, password));
}

void Passwords::remember(const std::string& fingerprint) {
  if (!right_.insert(fingerprint).second) return;
  order_.push_back(fingerprint);
  if (order_.size() <= kRemembered) return;
  right_.erase(order_.front());
  order_.pop_front();
}

}  // namespace fairway::cloud::identity
