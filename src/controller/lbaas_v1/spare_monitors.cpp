#include "controller/lbaas_v1/spare_monitors.h"

#include <algorithm>

namespace fairway::controller::lbaas_v1 {

Task<Result<>> SpareMonitors::learn() {
  const auto hold = co_await learning_.lock();
  if (known_ || making_ > 0) co_return Result<>{};
  // Set before the answer: what goes wrong meanwhile makes it unknown again.
  known_ = true;
  const auto all = co_await list_();
  if (!all) {
    known_ = false;
    co_return std::unexpected(all.error());
  }
  spare_.clear();
  for (const auto& object : *all) {
    if (SeenMonitor monitor = read_monitor(object); monitor.is_unfinished()) spare_.push_back(std::move(monitor));
  }
  co_return Result<>{};
}

std::string SpareMonitors::take(const Monitor& wanted) {
  const auto found = std::ranges::find_if(
      spare_, [&](const auto& monitor) { return monitor.type == wanted.type && has_values(monitor, wanted); });
  if (found == spare_.end()) return {};
  std::string id = std::move(found->id);
  spare_.erase(found);
  return id;
}

}  // namespace fairway::controller::lbaas_v1
