// What every backend checks before it carries a transaction out.
#pragma once

#include "base/result.h"
#include "store/store.h"

namespace fairway::store {

// Error: invalid, when a key is empty or is written twice.
[[nodiscard]] Result<> check(const Transaction& transaction);

// The answer to a comparison that failed: `found` is the key's present mod_revision, 0 when it does not exist.
[[nodiscard]] Error comparison_failed(const Compare& compare, Revision found);

// The smallest text greater than every text that begins with `prefix`; empty: there is none.
[[nodiscard]] std::string end_of_prefix(std::string prefix);

}  // namespace fairway::store
