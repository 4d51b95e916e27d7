#include "cloud/model/state.h"

#include <algorithm>

#include "cloud/model/kind_ops.h"

namespace fairway::cloud {

const std::vector<KindOps>& all_kind_ops() {
  static const auto kAll = [] {
    std::vector<KindOps> all;
    AllKinds::for_each([&]<class T>() { all.push_back(kind_ops<T>()); });
    return all;
  }();
  return kAll;
}

const KindOps* find_kind_ops(std::string_view kind) {
  const auto& all = all_kind_ops();
  const auto at = std::ranges::find(all, kind, &KindOps::kind);
  return at == all.end() ? nullptr : &*at;
}

State::State() {
  for (const auto& ops : all_kind_ops()) tables_.push_back(ops.make_table());
}

}  // namespace fairway::cloud
