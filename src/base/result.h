// Result and Error: how everything that the outside can cause is reported.
//
// A function that can fail for a reason outside the program returns Result<T>; exceptions are for broken invariants
// only. Each layer that knows something new adds it in front, so that the message reads from the caller's view
// inwards:
//   "sync service web/shop: create load balancer: Quota has been met for resources: Load Balancer"
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace fairway {

// What a caller may act on; what a person reads is in Error::what.
enum class Errc {
  invalid,          // the request itself is wrong; only changing it helps
  unauthenticated,  // who are you? (missing, expired or revoked credential)
  denied,           // known, but not allowed
  not_found,
  already_exists,
  conflict,     // the object is not in a state (or at a revision) that allows it; retrying later may work
  exhausted,    // a quota, an address pool or a port range is used up
  too_large,    // over a limit of size
  gone,         // a watch or a page from before the log's beginning
  unsupported,  // understood, and not offered here
  timeout,
  unavailable,  // a peer is away or says so; retry with back-off
  internal,
};

[[nodiscard]] std::string_view name(Errc code);

struct Error {
  Errc code = Errc::internal;
  std::string what;
  // The name that an API gives to this error ("IpAddressInUse"); empty: only the code is known.
  std::string type = {};

  // Adds the caller's view in front.
  [[nodiscard]] Error within(std::string_view doing) &&;
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string what) {
  return std::unexpected(Error{code, std::move(what)});
}

// The result, with the caller's view in front of its error: FW_TRY(auto x, within(parse(text), "read " + path));
template <class T>
[[nodiscard]] Result<T> within(Result<T> result, std::string_view doing) {
  if (!result) return std::unexpected(std::move(result).error().within(doing));
  return result;
}

// errno as a Result: "open /var/lib/fairway/cloud.db: Permission denied".
[[nodiscard]] std::unexpected<Error> fail_errno(std::string_view doing, int error_number);

// An invariant of our own was broken: log, abort, be restarted.
[[noreturn]] void broken_invariant(const char* expression, const char* file, int line);

}  // namespace fairway

#define FW_CHECK(expression) \
  ((expression) ? static_cast<void>(0) : ::fairway::broken_invariant(#expression, __FILE__, __LINE__))

// FW_TRY(auto port, parse_port(text));  returns the error from the enclosing function, or declares `port`.
// The FW_CO_ forms are for coroutines. FW_TRY_DO(expr) is for a Result whose value is not wanted.
#define FW_CONCAT_INNER(a, b) a##b
#define FW_CONCAT(a, b) FW_CONCAT_INNER(a, b)
#define FW_TRY_AS(keyword, tmp, decl, ...)                   \
  auto tmp = (__VA_ARGS__);                                  \
  if (!tmp) keyword std::unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define FW_TRY_DO_AS(keyword, tmp, ...)                                                  \
  do {                                                                                   \
    if (auto tmp = (__VA_ARGS__); !tmp) keyword std::unexpected(std::move(tmp).error()); \
  } while (false)
#define FW_TRY(decl, ...) FW_TRY_AS(return, FW_CONCAT(fw_try_, __LINE__), decl, __VA_ARGS__)
#define FW_CO_TRY(decl, ...) FW_TRY_AS(co_return, FW_CONCAT(fw_try_, __LINE__), decl, __VA_ARGS__)
#define FW_TRY_DO(...) FW_TRY_DO_AS(return, FW_CONCAT(fw_try_, __LINE__), __VA_ARGS__)
#define FW_CO_TRY_DO(...) FW_TRY_DO_AS(co_return, FW_CONCAT(fw_try_, __LINE__), __VA_ARGS__)
