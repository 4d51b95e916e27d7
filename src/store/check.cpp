#include "store/check.h"

#include <set>

#include <fmt/format.h>

namespace fairway::store {
namespace {

Result<> check_key(std::set<std::string_view>& seen, const std::string& key) {
  if (key.empty()) return fail(Errc::invalid, "write to the store: a key is empty; every key needs a name");
  if (!seen.insert(key).second) {
    return fail(Errc::invalid,
                fmt::format("write to the store: {} is written twice; one transaction writes a key once", key));
  }
  return {};
}

std::string state_of(Revision revision) {
  return revision == 0 ? std::string("does not exist") : fmt::format("is at revision {}", revision);
}

}  // namespace

Result<> check(const Transaction& transaction) {
  std::set<std::string_view> seen;
  for (const auto& compare : transaction.when) {
    if (compare.key.empty()) return fail(Errc::invalid, "write to the store: the key of a comparison is empty");
  }
  for (const auto& put : transaction.puts) FW_TRY_DO(check_key(seen, put.key));
  for (const auto& key : transaction.deletes) FW_TRY_DO(check_key(seen, key));
  return {};
}

Error comparison_failed(const Compare& compare, Revision found) {
  const auto wanted = compare.mod_revision == 0 ? std::string("should not exist")
                                                : fmt::format("should be at revision {}", compare.mod_revision);
  return {Errc::conflict,
          fmt::format("{} {}, and {}; read it again and retry", compare.key, wanted, state_of(found))};
}

std::string end_of_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace fairway::store
