#include "kube_api/object/times.h"

#include <fmt/format.h>

#include "base/rfc3339.h"

namespace fairway::kube_api {

std::optional<WallTime> parse_time(std::string_view text) { return parse_rfc3339(text); }
std::string format_time(WallTime time) { return to_iso8601(time, Stamp::seconds_z); }
std::string format_micro_time(WallTime time) { return to_iso8601(time, Stamp::micros_z); }

std::string human_duration(Duration age) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 60 * 2) return fmt::format("{}s", seconds);
  const auto minutes = seconds / 60;
  if (minutes < 10) {
    const auto rest = seconds % 60;
    return rest == 0 ? fmt::format("{}m", minutes) : fmt::format("{}m{}s", minutes, rest);
  }
  if (minutes < 60 * 3) return fmt::format("{}m", minutes);
  const auto hours = seconds / 3600;
  if (hours < 8) {
    const auto rest = minutes % 60;
    return rest == 0 ? fmt::format("{}h", hours) : fmt::format("{}h{}m", hours, rest);
  }
  if (hours < 48) return fmt::format("{}h", hours);
  if (hours < 24 * 8) {
    const auto rest = hours % 24;
    return rest == 0 ? fmt::format("{}d", hours / 24) : fmt::format("{}d{}h", hours / 24, rest);
  }
  if (hours < 24 * 365 * 2) return fmt::format("{}d", hours / 24);
  const auto days = hours / 24;
  if (hours < 24 * 365 * 8) {
    const auto rest = days % 365;
    return rest == 0 ? fmt::format("{}y", days / 365) : fmt::format("{}y{}d", days / 365, rest);
  }
  return fmt::format("{}y", days / 365);
}

}  // namespace fairway::kube_api
