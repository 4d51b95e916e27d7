// The definitions of what table.h, ledger.h and kind_ops.h declare for each kind, and the line that compiles them for
// one. Included by the *_kinds.cpp alone: every other file would compile them again.
#pragma once

#include <fmt/format.h>

#include "cloud/model/kind_ops.h"
#include "cloud/model/ledger.h"
#include "json/described.h"

namespace fairway::cloud {

namespace detail {

inline std::string index_key(std::string_view index, std::string_view value) {
  return fmt::format("{}={}", index, value);
}

template <class T>
std::vector<std::string> index_keys(const T& object) {
  std::vector<std::string> keys;
  if constexpr (requires { object.indexed(); }) {
    for (const auto& [index, value] : object.indexed()) keys.push_back(index_key(index, value));
  }
  return keys;
}

}  // namespace detail

template <class T>
const T* Table<T>::find(std::string_view id) const {
  const auto at = rows_.find(id);
  return at == rows_.end() ? nullptr : at->second.object.get();
}

template <class T>
std::shared_ptr<const T> Table<T>::share(std::string_view id) const {
  const auto at = rows_.find(id);
  return at == rows_.end() ? nullptr : at->second.object;
}

template <class T>
store::Revision Table<T>::revision(std::string_view id) const {
  const auto at = rows_.find(id);
  return at == rows_.end() ? 0 : at->second.revision;
}

template <class T>
std::vector<const T*> Table<T>::find_by(std::string_view index, std::string_view value) const {
  std::vector<const T*> found;
  if (const auto at = index_.find(detail::index_key(index, value)); at != index_.end()) {
    for (const auto& id : at->second) found.push_back(find(id));
  }
  return found;
}

template <class T>
std::size_t Table<T>::count_by(std::string_view index, std::string_view value) const {
  const auto at = index_.find(detail::index_key(index, value));
  return at == index_.end() ? 0 : at->second.size();
}

template <class T>
std::shared_ptr<const T> Table<T>::set(std::shared_ptr<const T> object, store::Revision revision) {
  const std::string id = object->id;
  auto before = unset(id);
  for (const auto& key : detail::index_keys(*object)) index_[key].insert(id);
  rows_.insert_or_assign(id, Row{std::move(object), revision});
  return before;
}

template <class T>
std::shared_ptr<const T> Table<T>::unset(std::string_view id) {
  const auto at = rows_.find(id);
  if (at == rows_.end()) return nullptr;
  auto before = at->second.object;
  for (const auto& key : detail::index_keys(*before)) {
    const auto entry = index_.find(key);
    entry->second.erase(before->id);
    if (entry->second.empty()) index_.erase(entry);
  }
  rows_.erase(at);
  return before;
}

template <class T>
void Table<T>::set_revision(std::string_view id, store::Revision revision) {
  if (const auto at = rows_.find(id); at != rows_.end()) at->second.revision = revision;
}

template <class T>
void Work::put(T object) {
  auto shared = std::make_shared<const T>(std::move(object));
  const auto revision = state_.table<T>().revision(shared->id);
  note<T>(shared->id, state_.mutable_table<T>().set(shared, 0), revision);
  touch(T::kKind, shared->id, [shared] { return json::write(json::encode(*shared)); });
}

template <class T>
void Work::erase(std::string id) {
  const auto revision = state_.table<T>().revision(id);
  auto before = state_.mutable_table<T>().unset(id);
  if (before == nullptr) return;
  note<T>(id, std::move(before), revision);
  touch(T::kKind, id, {});
}

template <class T>
void Work::note(std::string id, std::shared_ptr<const T> before, store::Revision revision) {
  undo_.push_back([this, id = std::move(id), before = std::move(before), revision] {
    if (before != nullptr) {
      state_.mutable_table<T>().set(before, revision);
    } else {
      state_.mutable_table<T>().unset(id);
    }
  });
}

template <class T>
KindOps kind_ops() {
  return {.kind = T::kKind,
          .make_table = []() -> std::shared_ptr<void> { return std::make_shared<Table<T>>(); },
          .load = [](State& state, const json::Value& value, store::Revision revision) -> Result<> {
            FW_TRY(auto object, json::decode<T>(value));
            state.mutable_table<T>().set(std::make_shared<const T>(std::move(object)), revision);
            return {};
          },
          .set_revision = [](State& state, std::string_view id,
                             store::Revision revision) { state.mutable_table<T>().set_revision(id, revision); }};
}

}  // namespace fairway::cloud

// In namespace fairway::cloud.
#define FAIRWAY_CLOUD_KIND(T)                \
  template class Table<T>;                   \
  template void Work::put<T>(T object);      \
  template void Work::erase<T>(std::string); \
  template KindOps kind_ops<T>();
