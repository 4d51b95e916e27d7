// One request, understood: which verb on which resource, with which options and in which form the answer is wanted.
// Pure. Reference: kubernetes.io/docs/reference/using-api/api-concepts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/message.h"
#include "kube_api/kinds/kinds.h"
#include "kube_api/kinds/selectors.h"

namespace fairway::kube_api {

enum class Verb { get, list, watch, create, update, patch, remove, remove_collection };

enum class OutputForm { plain, table, partial, partial_list };

struct Output {
  OutputForm form = OutputForm::plain;
  std::string meta_version = "v1";  // of Table and PartialObjectMetadata
  bool pretty = false;
};

enum class FieldValidation { ignore, warn, strict };

// Where a path leads, before anything else is looked at.
struct Target {
  const Kind* kind = nullptr;
  std::string ns, name, subresource;
};

struct Call {
  Target target;
  Verb verb = Verb::get;
  Output output;
  bool dry_run = false;
  FieldValidation field_validation = FieldValidation::warn;
  LabelSelector labels;
  FieldSelector fields;
  std::string resource_version;
  std::string resource_version_match;
  std::int64_t limit = 0;
  std::string continue_token;
  bool bookmarks = false;
  bool send_initial_events = false;
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::int64_t> grace_period;
  std::string propagation;     // of a delete, as its body may say it too
  std::string include_object;  // of a Table: None, Metadata (default), Object
};

// Nothing when the path is none of a resource.
[[nodiscard]] std::optional<Target> find_target(std::string_view path);

// The form in which the client wants its answer. Error: 406.
[[nodiscard]] ApiResult<Output> negotiate(const http::Request& request, bool is_list);

// Errors: 405 for a verb that the resource lacks, 400 for options that make no sense, 404 for a subresource that
// there is not.
[[nodiscard]] ApiResult<Call> understand(const http::Request& request, Target target);

}  // namespace fairway::kube_api
