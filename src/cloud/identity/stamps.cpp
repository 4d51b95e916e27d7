#include "cloud/identity/stamps.h"

#include <chrono>

#include "base/strings.h"

namespace fairway::cloud::identity {
namespace {

using Micros = std::chrono::microseconds;

std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t length) {
  if (at + length > text.size()) return std::nullopt;
  const auto number = parse_int(text.substr(at, length));
  if (!number || *number < 0) return std::nullopt;
  return static_cast<int>(*number);
}

// ".25" -> 250000; "" -> 0.
std::optional<std::int64_t> fraction_us(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != '.' || text.size() < 2) return std::nullopt;
  std::string digits(text.substr(1, 6));
  digits.resize(6, '0');
  const auto number = parse_int(digits);
  return number && *number >= 0 ? number : std::nullopt;
}

}  // namespace

std::int64_t stamp_us(WallTime time) { return std::chrono::duration_cast<Micros>(time.time_since_epoch()).count(); }

std::string to_stamp(std::int64_t us) {
  return to_iso8601(WallTime(std::chrono::duration_cast<WallTime::duration>(Micros(us))), Stamp::micros_z);
}

std::optional<std::int64_t> from_stamp(std::string_view text) {
  if (text.ends_with("+00:00")) text.remove_suffix(6);
  if (text.ends_with('Z')) text.remove_suffix(1);
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') ||
      text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto year = number_at(text, 0, 4), month = number_at(text, 5, 2), day = number_at(text, 8, 2);
  const auto hour = number_at(text, 11, 2), minute = number_at(text, 14, 2), second = number_at(text, 17, 2);
  const auto fraction = fraction_us(text.substr(19));
  if (!year || !month || !day || !hour || !minute || !second || !fraction) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto seconds = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
                       std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  return std::chrono::duration_cast<Micros>(seconds).count() + *fraction;
}

}  // namespace fairway::cloud::identity
