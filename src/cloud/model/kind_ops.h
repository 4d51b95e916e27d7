// What the ledger does with the objects of a kind that it knows by name alone. Threads: the loop's.
#pragma once

#include <memory>
#include <string_view>

#include "cloud/model/state.h"
#include "json/value.h"

namespace fairway::cloud {

struct KindOps {
  std::string_view kind;  // "network"
  std::shared_ptr<void> (*make_table)() = nullptr;
  // Puts what the store holds. Error: invalid (not what this version writes).
  Result<> (*load)(State& state, const json::Value& value, store::Revision revision) = nullptr;
  void (*set_revision)(State& state, std::string_view id, store::Revision revision) = nullptr;
};

// Defined for each kind of AllKinds (cloud/model/kind_impl.h).
template <class T>
[[nodiscard]] KindOps kind_ops();

// nullptr: a kind that a newer Fairway wrote.
[[nodiscard]] const KindOps* find_kind_ops(std::string_view kind);
[[nodiscard]] const std::vector<KindOps>& all_kind_ops();

}  // namespace fairway::cloud
