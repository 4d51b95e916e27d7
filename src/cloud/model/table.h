// The rows of one kind of object, in memory, by id, with secondary indexes.
//
// An object type T has
//   static constexpr std::string_view kKind;                 "network": its name in the store and in indexes of
//   others std::string id; a BOOST_DESCRIBE_STRUCT, so that it can be written to the store (json/described.h);
// and may have  std::vector<std::pair<std::string_view, std::string>> indexed() const;   {"network_id", …}: find_by
// keys. Objects are values: to change one, copy it, change the copy, put it (cloud/model/ledger.h).
//
// The definitions are in cloud/model/kind_impl.h and are compiled once for each kind: half of the program reads tables.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

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

  [[nodiscard]] const T* find(std::string_view id) const;
  [[nodiscard]] std::shared_ptr<const T> share(std::string_view id) const;
  [[nodiscard]] store::Revision revision(std::string_view id) const;
  // By a secondary index of T, in the order of ids. Pointers are good until the next change.
  [[nodiscard]] std::vector<const T*> find_by(std::string_view index, std::string_view value) const;
  [[nodiscard]] std::size_t count_by(std::string_view index, std::string_view value) const;
  [[nodiscard]] const Rows& rows() const { return rows_; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

  // For Work and Ledger only: returns what was there before.
  std::shared_ptr<const T> set(std::shared_ptr<const T> object, store::Revision revision);
  std::shared_ptr<const T> unset(std::string_view id);
  void set_revision(std::string_view id, store::Revision revision);

 private:
  Rows rows_;
  std::unordered_map<std::string, std::set<std::string>> index_;
};

}  // namespace fairway::cloud
