#include "base/backoff.h"

#include <algorithm>
#include <cstdint>

namespace fairway {

Duration Backoff::next() {
  std::uint32_t dice = 0;
  random_.fill(std::as_writable_bytes(std::span(&dice, 1)));
  const auto step = wait_;
  wait_ = std::min(limit_, wait_ * 2);
  ++failures_;
  return step / 2 +
         Duration(static_cast<Duration::rep>(static_cast<double>(step.count()) / 2 * (dice / 4294967295.0)));
}

}  // namespace fairway
