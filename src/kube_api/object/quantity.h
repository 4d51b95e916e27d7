// Quantities of resources: "100m", "1.5Gi", "2e3". Pure. Reference: apimachinery's resource.Quantity.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairway::kube_api {

struct Quantity {
  // Thousandths; what needs more digits is rounded up, as there.
  __int128 milli = 0;
  enum class Format { decimal, binary, exponent } format = Format::decimal;
};

[[nodiscard]] std::optional<Quantity> parse_quantity(std::string_view text);
// The one way to write it: the largest suffix that leaves no fraction ("1000m" -> "1", "0.5" -> "500m", "1024Ki" ->
// "1Mi").
[[nodiscard]] std::string format_quantity(const Quantity& quantity);

}  // namespace fairway::kube_api
