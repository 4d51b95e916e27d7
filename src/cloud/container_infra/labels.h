// Labels of templates, clusters and node groups. Some mean something to cluster drivers (docs/clusters.md); all others
// are kept and shown. Pure.
#pragma once

#include "base/result.h"
#include "cloud/model/container_infra.h"

namespace fairway::cloud::container_infra {

// Error: invalid: a label that drivers know, with a value that it cannot have.
[[nodiscard]] Result<> check_labels(const Labels& labels);

// How an object's labels differ from its template's (or cluster's).
struct LabelsDiff {
  Labels overridden;  // in both with other values; the parent's values
  Labels added;       // in the object only
  Labels skipped;     // in the parent only
};
[[nodiscard]] LabelsDiff compare_labels(const Labels& parent, const Labels& own);

// `own` over `parent`.
[[nodiscard]] Labels merge_labels(Labels parent, const Labels& own);

}  // namespace fairway::cloud::container_infra
