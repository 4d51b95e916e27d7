#include "app/privileges.h"

#include <linux/capability.h>

#include <charconv>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "base/files.h"
#include "base/strings.h"

namespace fairway::app {

Result<> may_change_machine(std::string_view status) {
  constexpr std::string_view kEffective = "CapEff:";
  std::uint64_t have = ~std::uint64_t{0};
  for (const std::string_view line : split(status, '\n')) {
    if (!line.starts_with(kEffective)) continue;
    const std::string_view hex = trim(line.substr(kEffective.size()));
    std::from_chars(hex.data(), hex.data() + hex.size(), have, 16);
  }
  std::vector<std::string> missing;
  if ((have >> CAP_NET_ADMIN & 1U) == 0) missing.emplace_back("CAP_NET_ADMIN");
  if ((have >> CAP_SYS_ADMIN & 1U) == 0) missing.emplace_back("CAP_SYS_ADMIN");
  if (missing.empty()) return {};
  return fail(Errc::denied,
              fmt::format("it makes network namespaces and rules, and this process may not: it lacks {}; "
                          "run it as root",
                          join(missing, " and ")));
}

Result<> may_change_machine() {
  const auto status = read_whole_file("/proc/self/status");
  return status ? may_change_machine(*status) : Result<>{};
}

}  // namespace fairway::app
