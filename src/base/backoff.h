// How long to wait before the next try: doubles up to a limit, and jitters so that those who failed together do not
// return together. Pure but for the randomness handed in.
#pragma once

#include "base/clock.h"

namespace fairway {

class Backoff {
 public:
  // `random` outlives this. The first wait is about `first`, none is above `limit`.
  Backoff(Random& random, Duration first, Duration limit)
      : random_(random), first_(first), limit_(limit), wait_(first) {}

  // Between half and all of the present step; the step doubles.
  [[nodiscard]] Duration next();
  // After a success.
  void reset() {
    wait_ = first_;
    failures_ = 0;
  }
  [[nodiscard]] int failures() const { return failures_; }

 private:
  Random& random_;
  Duration first_, limit_, wait_;
  int failures_ = 0;
};

}  // namespace fairway
