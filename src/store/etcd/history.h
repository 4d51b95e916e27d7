// What happened below a prefix, read from etcd's own history by a watch that begins in the past.
#pragma once

#include <functional>
#include <optional>

#include "store/etcd/endpoints.h"
#include "store/etcd/messages.h"

namespace fairway::store::etcd {

// All that one revision changed.
struct Moment {
  Batch batch;                   // of the contract's keys; may be empty
  std::optional<Marker> marker;  // as it was set
  bool refused = false;          // a comparison failed, so nothing but the marker was changed
};

// Hands every moment after `after` to `see`, in order, until that returns false. `after` 0: from the oldest there is.
// Returns the revision after which it is complete. Errors: gone (`after` is compacted), unavailable, timeout
// (the reading broke off: some were seen).
[[nodiscard]] Task<Result<Revision>> read_history(Endpoints& etcd, Names names, Revision after,
                                                  std::function<bool(Moment)> see);

// One answer of a watch, cut into moments. Pure.
[[nodiscard]] Result<std::vector<Moment>> read_events(const Names& names, const json::Value& result);

}  // namespace fairway::store::etcd
