// Reads a Service's annotations by OCCM's rules, and notes what it cannot honour, so that nothing is ignored in
// silence.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "controller/desired.h"

namespace fairway::controller {

class Annotations {
 public:
  explicit Annotations(const Service& service) : service_(service) {}

  // `key` without the prefix loadbalancer.openstack.org/. A key that is present counts even when empty.
  [[nodiscard]] std::string text(std::string_view key, const std::string& otherwise = "");
  // Empty counts as absent.
  [[nodiscard]] std::string text_or(std::string_view key, const std::string& otherwise);
  // Only "true" and "false"; anything else is the default, and a notice.
  [[nodiscard]] bool truth(std::string_view key, bool otherwise);
  [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t otherwise);
  [[nodiscard]] bool has(std::string_view key);
  // By its whole name.
  [[nodiscard]] bool truth_of(std::string_view name, bool otherwise);

  // Somebody else honours it.
  void known(std::string_view name) { asked_.emplace(name); }

  void notice(std::string reason, std::string message) {
    notices_.push_back({std::move(reason), std::move(message)});
  }
  // Notices so far, and one for each load balancer annotation that nobody has asked for.
  [[nodiscard]] std::vector<Notice> finish();

 private:
  const Service& service_;
  std::set<std::string, std::less<>> asked_;
  std::vector<Notice> notices_;

  const std::string* find(std::string_view name);
};

}  // namespace fairway::controller
