// The rows of one kind of object, in memory, by id, with secondary indexes.
//
// An object type T has
//   static constexpr std::string_view kKind;                 "network": its name in the store and in indexes of
//   others std::string id; a BOOST_DESCRIBE_STRUCT, so that it can be written to the store (json/described.h);
// and may have  std::vector<std::pair<std::string_view, std::string>> indexed() const;   {"network_id", …}: find_by
// keys. Objects are values: to change one, copy it, change the copy, put it (cloud/model/ledger.h).
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "store/store.h"

namespace fairway::cloud {

template <class T>
class Table {
 public:
  struct Row {
    std::shared_ptr<const T> object;
    store::Revision revision = 0;  // of the commit that wrote it; 0 while that commit is not durable yet
  };
  using Rows = std::map<std::string, Row, std::less<>>;

  [[nodiscard]] const T* find(std::string_view id) const {
    const auto at = rows_.find(id);
    return at == rows_.end() ? nullptr : at->second.object.get();
  }
  [[nodiscard]] std::shared_ptr<const T> share(std::string_view id) const {
    const auto at = rows_.find(id);
    return at == rows_.end() ? nullptr : at->second.object;
  }
  [[nodiscard]] store::Revision revision(std::string_view id) const {
    const auto at = rows_.find(id);
    return at == rows_.end() ? 0 : at->second.revision;
  }
  // By a secondary index of T, in the order of ids. Pointers are good until the next change.
  [[nodiscard]] std::vector<const T*> find_by(std::string_view index, std::string_view value) const {
    std::vector<const T*> found;
    if (const auto at = index_.find(index_key(index, value)); at != index_.end()) {
      for (const auto& id : at->second) found.push_back(find(id));
    }
    return found;
  }
  [[nodiscard]] std::size_t count_by(std::string_view index, std::string_view value) const {
    const auto at = index_.find(index_key(index, value));
    return at == index_.end() ? 0 : at->second.size();
  }
  [[nodiscard]] const Rows& rows() const { return rows_; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

  // For Work and Ledger only: returns what was there before.
  std::shared_ptr<const T> set(std::shared_ptr<const T> object, store::Revision revision) {
    const std::string id = object->id;
    auto before = unset(id);
    for (const auto& key : keys_of(*object)) index_[key].insert(id);
    rows_.insert_or_assign(id, Row{std::move(object), revision});
    return before;
  }
  std::shared_ptr<const T> unset(std::string_view id) {
    const auto at = rows_.find(id);
    if (at == rows_.end()) return nullptr;
    auto before = at->second.object;
    for (const auto& key : keys_of(*before)) {
      const auto entry = index_.find(key);
      entry->second.erase(before->id);
      if (entry->second.empty()) index_.erase(entry);
    }
    rows_.erase(at);
    return before;
  }
  void set_revision(std::string_view id, store::Revision revision) {
    if (const auto at = rows_.find(id); at != rows_.end()) at->second.revision = revision;
  }

 private:
  static std::string index_key(std::string_view index, std::string_view value) {
    return fmt::format("{}={}", index, value);
  }
  static std::vector<std::string> keys_of(const T& object) {
    std::vector<std::string> keys;
    if constexpr (requires { object.indexed(); }) {
      for (const auto& [index, value] : object.indexed()) keys.push_back(index_key(index, value));
    }
    return keys;
  }

  Rows rows_;
  std::unordered_map<std::string, std::set<std::string>> index_;
};

}  // namespace fairway::cloud
