// What is said to etcd and what it answers: the store's verbs as JSON of the v3 API. Pure.
//
// A store lies below its prefix:
//   <prefix>data/<key>     the contract's keys
//   <prefix>meta/owner     the process that owns the store, as long as its lease lives
//   <prefix>meta/marker    who wrote last and how many transactions that writer has made: each transaction moves it
//                          from n-1 to n, so it is carried out once however often it is sent, in order, and only as
//                          long as no other process has taken the store over
//   <prefix>meta/refused   written instead of the data by a transaction whose comparison failed
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "store/etcd/config.h"
#include "store/store.h"

namespace fairway::store::etcd {

class Names {
 public:
  explicit Names(std::string prefix) : prefix_(std::move(prefix)) {}
  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  [[nodiscard]] std::string owner() const { return prefix_ + "meta/owner"; }
  [[nodiscard]] std::string marker() const { return prefix_ + "meta/marker"; }
  [[nodiscard]] std::string refused() const { return prefix_ + "meta/refused"; }
  [[nodiscard]] std::string data(std::string_view key) const { return prefix_ + "data/" + std::string(key); }
  // The contract's key, if it is one.
  [[nodiscard]] std::optional<std::string> key_of(std::string_view name) const;

 private:
  std::string prefix_;
};

struct Marker {
  std::string writer;
  std::int64_t sequence = 0;
  bool operator==(const Marker&) const = default;
  [[nodiscard]] std::string text() const;
  // Errors: unsupported (a newer Fairway's), internal (not a marker).
  [[nodiscard]] static Result<Marker> parse(std::string_view text);
};

// Building blocks of requests.
[[nodiscard]] json::Value base64(std::string_view bytes);
[[nodiscard]] json::Value number(std::int64_t value);
[[nodiscard]] json::Value value_is(std::string_view name, std::string_view value);
[[nodiscard]] json::Value is_absent(std::string_view name);
[[nodiscard]] json::Value range_one(std::string_view name);
[[nodiscard]] json::Value put(std::string_view name, std::string_view value, std::int64_t lease = 0);
[[nodiscard]] json::Value transaction(json::Array compare, json::Array success, json::Array failure);

// And of answers.
struct Kv {
  std::string name;
  std::string value;
  Revision create_revision = 0;
  Revision mod_revision = 0;
};
[[nodiscard]] std::int64_t number_at(const json::Value& value, std::string_view path);
[[nodiscard]] Kv read_kv(const json::Value& value);
// The only key of the n-th response, a range.
[[nodiscard]] std::optional<Kv> ranged(const json::Value& answer, std::size_t index);

// Error: too_large, when etcd would refuse it for its size.
[[nodiscard]] Result<> fits(const EtcdConfig& config, const Names& names, const Transaction& transaction);
// Moves the marker from `before` to `after` and carries the transaction out, or none of it. It must fit.
[[nodiscard]] json::Value transact_request(const EtcdConfig& config, const Names& names, const Marker& before,
                                           const Marker& after, const Transaction& transaction);

struct TransactAnswer {
  bool in_turn = false;         // the marker was as it had to be
  std::string found;            // the marker, when it was not; empty: there is none
  std::optional<Error> failed;  // a comparison
  Batch batch;                  // what changed
};
[[nodiscard]] Result<TransactAnswer> read_transact(const json::Value& answer, const Transaction& transaction);

// A page of entries from `after` on, with the marker beside it in the first (`revision` 0).
[[nodiscard]] json::Value range_request(const Names& names, const RangeRequest& request, std::size_t limit,
                                        Revision revision);

}  // namespace fairway::store::etcd
