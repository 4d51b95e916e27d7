#include "store/etcd/messages.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "store/check.h"

namespace fairway::store::etcd {
namespace {

constexpr int format_version = 1;
// What one key of a request costs beside its name and value: field numbers, lengths, flags.
constexpr std::size_t bytes_a_key = 32;

json::Value mod_revision_is(std::string_view name, Revision revision) {
  return json::Object{
      {"key", base64(name)}, {"target", "MOD"}, {"result", "EQUAL"}, {"mod_revision", number(revision)}};
}

// etcd allows `max` operations on each level of a transaction, levels above counted in. The first level has the
// marker and the transaction itself; its writes stand directly in that or, if they are too many, in groups.
struct Shape {
  std::size_t groups = 0;  // 0: no groups; each holds at most `size`
  std::size_t size = 0;
};

std::optional<Shape> shape_of(std::size_t max, std::size_t comparisons, std::size_t writes) {
  constexpr std::size_t outermost = 2;
  const std::size_t failing = comparisons + 1;  // the failure's answers
  if (max < outermost + failing) return std::nullopt;
  const std::size_t left = max - outermost;
  if (writes <= left) return Shape{};
  for (std::size_t groups = 2; std::max(groups, failing) < left; ++groups) {
    const std::size_t size = left - std::max(groups, failing);
    if (groups * size >= writes) return Shape{groups, size};
  }
  return std::nullopt;
}

json::Array writes_of(const Names& names, const Transaction& from) {
  json::Array writes;
  for (const auto& put : from.puts) {
    writes.push_back(json::Object{
        {"request_put",
         json::Object{{"key", base64(names.data(put.key))}, {"value", base64(put.value)}, {"prev_kv", true}}}});
  }
  for (const auto& key : from.deletes) {
    writes.push_back(
        json::Object{{"request_delete_range", json::Object{{"key", base64(names.data(key))}, {"prev_kv", true}}}});
  }
  return writes;
}

json::Array in_groups(json::Array writes, const Shape& shape) {
  if (shape.groups == 0) return writes;
  json::Array groups;
  for (std::size_t begin = 0; begin < writes.size(); begin += shape.size) {
    const auto end = std::min(begin + shape.size, writes.size());
    json::Array group;
    for (auto i = begin; i < end; ++i) group.push_back(std::move(writes[i]));
    groups.push_back(json::Object{{"request_txn", json::Object{{"success", std::move(group)}}}});
  }
  return groups;
}

// The answers of the writes, groups opened.
void flatten(const json::Array& responses, std::vector<const json::Value*>& into) {
  for (const auto& response : responses) {
    if (const auto* inner = json::find(response, "response_txn")) {
      flatten(json::array_or_empty(*inner, "responses"), into);
    } else {
      into.push_back(&response);
    }
  }
}

std::optional<Entry> previous(const json::Value* kv, const std::string& key) {
  if (kv == nullptr) return std::nullopt;
  auto read = read_kv(*kv);
  return Entry{key, std::move(read.value), read.create_revision, read.mod_revision};
}

Batch batch_of(const std::vector<const json::Value*>& answers, const Transaction& from, Revision revision) {
  Batch batch{revision, {}};
  for (std::size_t i = 0; i < from.puts.size(); ++i) {
    const auto& [key, value] = from.puts[i];
    auto before = previous(json::find(*answers[i], "response_put.prev_kv"), key);
    const Entry now{key, value, before ? before->create_revision : revision, revision};
    batch.changes.push_back({key, now, std::move(before)});
  }
  for (std::size_t i = 0; i < from.deletes.size(); ++i) {
    const auto& deleted = json::array_or_empty(*answers[from.puts.size() + i], "response_delete_range.prev_kvs");
    if (deleted.empty()) continue;
    batch.changes.push_back({from.deletes[i], std::nullopt, previous(&deleted.front(), from.deletes[i])});
  }
  return batch;
}

Error failed_comparison(const json::Value& answer, const Transaction& from) {
  for (std::size_t i = 0; i < from.when.size(); ++i) {
    const auto found = ranged(answer, i);
    const Revision revision = found ? found->mod_revision : 0;
    if (revision != from.when[i].mod_revision) return comparison_failed(from.when[i], revision);
  }
  return {Errc::conflict, "a comparison failed; read the keys again and retry"};
}

}  // namespace

std::optional<std::string> Names::key_of(std::string_view name) const {
  const auto data_prefix = data("");
  if (!name.starts_with(data_prefix)) return std::nullopt;
  return std::string(name.substr(data_prefix.size()));
}

std::string Marker::text() const {
  return fmt::format(R"({{"format":{},"writer":"{}","sequence":{}}})", format_version, writer, sequence);
}

Result<Marker> Marker::parse(std::string_view text) {
  const auto value = json::parse(text);
  if (!value || json::int_or(*value, "format") < 1 || json::string_or(*value, "writer").empty()) {
    return fail(Errc::internal, fmt::format("'{}' is no marker of a store; something else wrote there", text));
  }
  if (json::int_or(*value, "format") > format_version) {
    return fail(Errc::unsupported, "a newer Fairway wrote this store; run that one");
  }
  return Marker{json::string_or(*value, "writer"), json::int_or(*value, "sequence")};
}

json::Value base64(std::string_view bytes) { return json::Value(base64_encode(bytes)); }
json::Value number(std::int64_t value) { return json::Value(std::to_string(value)); }

json::Value value_is(std::string_view name, std::string_view value) {
  return json::Object{{"key", base64(name)}, {"target", "VALUE"}, {"result", "EQUAL"}, {"value", base64(value)}};
}

json::Value is_absent(std::string_view name) { return mod_revision_is(name, 0); }

json::Value range_one(std::string_view name) {
  return json::Object{{"request_range", json::Object{{"key", base64(name)}}}};
}

json::Value put(std::string_view name, std::string_view value, std::int64_t lease) {
  json::Object request{{"key", base64(name)}, {"value", base64(value)}};
  if (lease != 0) request["lease"] = number(lease);
  return json::Object{{"request_put", std::move(request)}};
}

json::Value transaction(json::Array compare, json::Array success, json::Array failure) {
  return json::Object{
      {"compare", std::move(compare)}, {"success", std::move(success)}, {"failure", std::move(failure)}};
}

std::int64_t number_at(const json::Value& value, std::string_view path) {
  return parse_int(json::string_or(value, path)).value_or(0);
}

Kv read_kv(const json::Value& value) {
  return {base64_decode(json::string_or(value, "key")).value_or(""),
          base64_decode(json::string_or(value, "value")).value_or(""), number_at(value, "create_revision"),
          number_at(value, "mod_revision")};
}

std::optional<Kv> ranged(const json::Value& answer, std::size_t index) {
  const auto& responses = json::array_or_empty(answer, "responses");
  if (index >= responses.size()) return std::nullopt;
  const auto& kvs = json::array_or_empty(responses[index], "response_range.kvs");
  if (kvs.empty()) return std::nullopt;
  return read_kv(kvs.front());
}

Result<> fits(const EtcdConfig& config, const Names& names, const Transaction& transaction) {
  const auto writes = transaction.puts.size() + transaction.deletes.size();
  if (!shape_of(config.max_transaction_operations, transaction.when.size(), writes)) {
    return fail(
        Errc::too_large,
        fmt::format("a transaction of {} writes and {} comparisons is more than etcd takes in one; raise etcd's "
                    "--max-txn-ops and this store's max_transaction_operations ({})",
                    writes, transaction.when.size(), config.max_transaction_operations));
  }
  const auto name_bytes = names.data("").size() + bytes_a_key;
  std::size_t bytes = 1024;  // the marker and the envelope
  for (const auto& compare : transaction.when) bytes += 2 * (name_bytes + compare.key.size());
  for (const auto& put : transaction.puts) bytes += name_bytes + put.key.size() + put.value.size();
  for (const auto& key : transaction.deletes) bytes += name_bytes + key.size();
  if (bytes > config.max_request_bytes) {
    return fail(
        Errc::too_large,
        fmt::format("a transaction of {} bytes is more than etcd takes in one; raise etcd's --max-request-bytes "
                    "and this store's max_request_bytes ({})",
                    bytes, config.max_request_bytes));
  }
  return {};
}

json::Value transact_request(const EtcdConfig& config, const Names& names, const Marker& before, const Marker& after,
                             const Transaction& from) {
  json::Array compare;
  json::Array found;
  for (const auto& [key, revision] : from.when) {
    compare.push_back(mod_revision_is(names.data(key), revision));
    found.push_back(range_one(names.data(key)));
  }
  found.push_back(put(names.refused(), after.text()));
  const auto shape =
      shape_of(config.max_transaction_operations, from.when.size(), from.puts.size() + from.deletes.size());
  FW_CHECK(shape.has_value());
  json::Value inner = transaction(std::move(compare), in_groups(writes_of(names, from), *shape), std::move(found));
  return transaction({value_is(names.marker(), before.text())},
                     {put(names.marker(), after.text()), json::Object{{"request_txn", std::move(inner)}}},
                     {range_one(names.marker())});
}

Result<TransactAnswer> read_transact(const json::Value& answer, const Transaction& from) {
  TransactAnswer read;
  read.in_turn = json::bool_or(answer, "succeeded");
  if (!read.in_turn) {
    if (auto marker = ranged(answer, 0)) read.found = std::move(marker->value);
    return read;
  }
  const auto& responses = json::array_or_empty(answer, "responses");
  const auto* inner = responses.size() == 2 ? json::find(responses[1], "response_txn") : nullptr;
  const auto revision = number_at(answer, "header.revision");
  if (inner == nullptr || revision <= 0) {
    return fail(Errc::unavailable, "etcd's answer to a transaction lacks its parts");
  }
  if (!json::bool_or(*inner, "succeeded")) {
    read.failed = failed_comparison(*inner, from);
    return read;
  }
  std::vector<const json::Value*> answers;
  flatten(json::array_or_empty(*inner, "responses"), answers);
  if (answers.size() != from.puts.size() + from.deletes.size()) {
    return fail(Errc::unavailable, "etcd's answer to a transaction lacks some of its writes");
  }
  read.batch = batch_of(answers, from, revision);
  return read;
}

json::Value range_request(const Names& names, const RangeRequest& request, std::size_t limit, Revision revision) {
  const auto from = request.after < request.prefix ? names.data(request.prefix) : names.data(request.after) + '\0';
  json::Object range{{"key", base64(from)},
                     {"range_end", base64(end_of_prefix(names.data(request.prefix)))},
                     {"limit", number(static_cast<std::int64_t>(limit))}};
  if (revision != 0) range["revision"] = number(revision);
  return transaction({}, {json::Object{{"request_range", std::move(range)}}, range_one(names.marker())}, {});
}

}  // namespace fairway::store::etcd
