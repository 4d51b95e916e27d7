// Label and field selectors, as in `kubectl get -l app=web,tier!=db --field-selector status.phase=Running`. Pure.
// Reference: kubernetes.io/docs/concepts/overview/working-with-objects/labels (and /field-selectors).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kube_api/kinds/kinds.h"

namespace fairway::kube_api {

class LabelSelector {
 public:
  // Error: invalid, in the words of the real server. Empty text selects everything.
  [[nodiscard]] static Result<LabelSelector> parse(std::string_view text);
  // From a spec.selector: matchLabels and matchExpressions, which are taken to be well-formed
  // (kube_api/kinds/rules_apps.cpp judges them); what is not matches nothing.
  [[nodiscard]] static LabelSelector from_object(const json::Object& selector);
  [[nodiscard]] bool matches(const json::Object& labels) const;
  [[nodiscard]] bool empty() const { return requirements_.empty(); }
  // "app=web,tier in (a,b),!old"
  [[nodiscard]] std::string text() const;

 private:
  enum class Operator { equals, in, not_in, exists, does_not_exist, greater, less, never };
  struct Requirement {
    std::string key;
    Operator how = Operator::exists;
    std::vector<std::string> values;
  };
  friend class LabelSelectorParser;
  [[nodiscard]] static bool holds(const Requirement& requirement, const json::Object& labels);
  std::vector<Requirement> requirements_;
};

class FieldSelector {
 public:
  [[nodiscard]] static Result<FieldSelector> parse(std::string_view text);
  // Error: a field that objects of this kind cannot be selected by.
  [[nodiscard]] ApiResult<> check(const Kind& kind) const;
  [[nodiscard]] bool matches(const Kind& kind, const json::Object& object) const;
  [[nodiscard]] bool empty() const { return terms_.empty(); }
  // The value that `field` must have, if there is a term field=value; else "".
  [[nodiscard]] std::string exact(std::string_view field) const;
  void require(std::string field, std::string value) { terms_.push_back({std::move(field), std::move(value), true}); }

 private:
  struct Term {
    std::string field, value;
    bool equal = true;
  };
  std::vector<Term> terms_;
};

// Whether labels have every pair of a Service's selector.
[[nodiscard]] bool has_labels(const json::Object& labels, const json::Object& selector);

}  // namespace fairway::kube_api
