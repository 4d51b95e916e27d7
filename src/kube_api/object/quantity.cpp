#include "kube_api/object/quantity.h"

#include <array>
#include <utility>

#include "base/strings.h"

namespace fairway::kube_api {
namespace {

std::string to_text(__int128 value) {
  if (value == 0) return "0";
  const bool negative = value < 0;
  if (negative) value = -value;
  std::string text;
  for (; value > 0; value /= 10) text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  return negative ? "-" + text : text;
}

struct Suffix {
  std::string_view text;
  int exponent;  // of 10, or of 2 when binary
};
constexpr std::array kDecimal{Suffix{"E", 18}, Suffix{"P", 15}, Suffix{"T", 12}, Suffix{"G", 9},  Suffix{"M", 6},
                              Suffix{"k", 3},  Suffix{"", 0},   Suffix{"m", -3}, Suffix{"u", -6}, Suffix{"n", -9}};
constexpr std::array kBinary{Suffix{"Ei", 60}, Suffix{"Pi", 50}, Suffix{"Ti", 40},
                             Suffix{"Gi", 30}, Suffix{"Mi", 20}, Suffix{"Ki", 10}};

// digits * 10^exponent * 2^binary in thousandths, rounded away from zero.
std::optional<__int128> scaled(__int128 digits, int exponent, int binary) {
  constexpr __int128 kLimit = static_cast<__int128>(1) << 100;
  exponent += 3;
  for (; binary > 0; --binary) {
    digits *= 2;
    if (digits > kLimit) return std::nullopt;
  }
  for (; exponent > 0; --exponent) {
    digits *= 10;
    if (digits > kLimit) return std::nullopt;
  }
  bool rest = false;
  for (; exponent < 0; ++exponent) {
    rest = rest || digits % 10 != 0;
    digits /= 10;
  }
  return rest ? digits + 1 : digits;
}

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  __int128 digits = 0;
  int exponent = 0;
  std::size_t at = 0, seen = 0;
  for (bool fraction = false; at < text.size(); ++at) {
    if (text[at] == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (text[at] < '0' || text[at] > '9') break;
    ++seen;
    if (seen > 25) return std::nullopt;
    digits = digits * 10 + (text[at] - '0');
    if (fraction) --exponent;
  }
  if (seen == 0) return std::nullopt;
  const auto suffix = text.substr(at);
  Quantity quantity;
  std::optional<__int128> value;
  for (const auto& known : kDecimal) {
    if (suffix == known.text) value = scaled(digits, exponent + known.exponent, 0);
  }
  for (const auto& known : kBinary) {
    if (suffix != known.text) continue;
    value = scaled(digits, exponent, known.exponent);
    quantity.format = Quantity::Format::binary;
  }
  if (!value && suffix.size() > 1 && (suffix[0] == 'e' || suffix[0] == 'E')) {
    const auto power = parse_int(suffix.substr(suffix[1] == '+' ? 2 : 1));
    if (!power || *power > 40 || *power < -40) return std::nullopt;
    value = scaled(digits, exponent + static_cast<int>(*power), 0);
    quantity.format = Quantity::Format::exponent;
  }
  if (!value) return std::nullopt;
  quantity.milli = negative ? -*value : *value;
  return quantity;
}

std::string format_quantity(const Quantity& quantity) {
  auto milli = quantity.milli;
  if (milli == 0) return "0";
  if (quantity.format == Quantity::Format::binary && milli % 1000 == 0) {
    for (const auto& suffix : kBinary) {
      const auto unit = static_cast<__int128>(1000) << suffix.exponent;
      if (milli % unit == 0) return to_text(milli / unit) + std::string(suffix.text);
    }
    return to_text(milli / 1000);
  }
  int exponent = -3;
  while (milli % 1000 == 0 && exponent < 18) {
    milli /= 1000;
    exponent += 3;
  }
  if (quantity.format == Quantity::Format::exponent) {
    return to_text(milli) + (exponent == 0 ? "" : "e" + std::to_string(exponent));
  }
  for (const auto& suffix : kDecimal) {
    if (suffix.exponent == exponent) return to_text(milli) + std::string(suffix.text);
  }
  return to_text(milli);
}

}  // namespace fairway::kube_api
