#include "base/result.h"

#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace fairway {

std::string_view name(Errc code) {
  switch (code) {
    case Errc::invalid:
      return "invalid";
    case Errc::unauthenticated:
      return "unauthenticated";
    case Errc::denied:
      return "denied";
    case Errc::not_found:
      return "not_found";
    case Errc::already_exists:
      return "already_exists";
    case Errc::conflict:
      return "conflict";
    case Errc::exhausted:
      return "exhausted";
    case Errc::too_large:
      return "too_large";
    case Errc::gone:
      return "gone";
    case Errc::unsupported:
      return "unsupported";
    case Errc::timeout:
      return "timeout";
    case Errc::unavailable:
      return "unavailable";
    case Errc::internal:
      return "internal";
  }
  std::unreachable();
}

Error Error::within(std::string_view doing) && {
  what.insert(0, std::string(doing) + ": ");
  return std::move(*this);
}

std::unexpected<Error> fail_errno(std::string_view doing, int error_number) {
  Errc code = Errc::internal;
  if (error_number == ENOENT) code = Errc::not_found;
  if (error_number == EEXIST || error_number == EADDRINUSE) code = Errc::already_exists;
  if (error_number == EACCES || error_number == EPERM) code = Errc::denied;
  if (error_number == ETIMEDOUT) code = Errc::timeout;
  if (error_number == ECONNREFUSED || error_number == ECONNRESET || error_number == EPIPE) code = Errc::unavailable;
  return fail(code, std::string(doing) + ": " + std::generic_category().message(error_number));
}

void broken_invariant(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "fairway: broken invariant: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace fairway
