#include "store/etcd/history.h"

#include <fmt/format.h>

#include "store/check.h"

namespace fairway::store::etcd {
namespace {

using namespace std::chrono_literals;

// Between two pieces of an answer that is not yet all there.
constexpr auto idle_limit = 5s;

json::Value watch_request(const Names& names, Revision from) {
  return json::Object{{"create_request", json::Object{{"key", base64(names.prefix())},
                                                      {"range_end", base64(end_of_prefix(names.prefix()))},
                                                      {"start_revision", number(from)},
                                                      {"prev_kv", true}}}};
}

// Lines of a streamed answer.
class Lines {
 public:
  explicit Lines(std::unique_ptr<http::BodyReader> body) : body_(std::move(body)) {}
  Task<Result<std::string>> next() {
    while (true) {
      if (const auto end = text_.find('\n', searched_); end != std::string::npos) {
        auto line = text_.substr(0, end);
        text_.erase(0, end + 1);
        searched_ = 0;
        co_return line;
      }
      searched_ = text_.size();
      FW_CO_TRY(const auto piece, co_await body_->read_some(idle_limit));
      if (piece.empty()) co_return fail(Errc::unavailable, "etcd ended a watch");
      text_ += piece;
    }
  }

 private:
  std::unique_ptr<http::BodyReader> body_;
  std::string text_;
  std::size_t searched_ = 0;
};

// One answer of the watch; the error `gone` says where the history begins by `begin`.
Result<std::vector<Moment>> read_line(const Names& names, const std::string& line, Revision& begin) {
  FW_TRY(const auto value, json::parse(line));
  if (const auto* error = json::find(value, "error")) {
    return fail(Errc::unavailable,
                fmt::format("etcd ended a watch: {}", json::string_or(*error, "message", "no reason")));
  }
  const auto* result = json::find(value, "result");
  if (result == nullptr) return fail(Errc::unavailable, "an answer of etcd's watch lacks its result");
  if (json::bool_or(*result, "canceled")) {
    begin = number_at(*result, "compact_revision");
    if (begin > 0) return fail(Errc::gone, fmt::format("etcd's history begins at revision {}", begin));
    return fail(Errc::unavailable,
                fmt::format("etcd ended a watch: {}", json::string_or(*result, "cancel_reason", "no reason given")));
  }
  return read_events(names, *result);
}

Task<Result<>> follow(Endpoints& etcd, const Names& names, Revision& after, const std::function<bool(Moment)>& see) {
  FW_CO_TRY(auto body, co_await etcd.open("/watch", watch_request(names, after + 1)));
  Lines lines(std::move(body));
  while (true) {
    FW_CO_TRY(const auto line, co_await lines.next());
    Revision begin = 0;
    auto moments = read_line(names, line, begin);
    if (!moments && moments.error().code == Errc::gone) after = begin;
    if (!moments) co_return std::unexpected(std::move(moments).error());
    for (auto& moment : *moments) {
      if (!see(std::move(moment))) co_return Result<>{};
    }
  }
}

void add_event(const Names& names, const json::Value& event, const Kv& kv, Moment& moment) {
  const auto* before = json::find(event, "prev_kv");
  const auto key = names.key_of(kv.name);
  if (!key) return;
  const bool deleted = json::string_or(event, "type") == "DELETE";
  Change change{*key, std::nullopt, std::nullopt};
  if (!deleted) change.now = Entry{*key, kv.value, kv.create_revision, kv.mod_revision};
  if (before != nullptr) {
    const auto old = read_kv(*before);
    change.before = Entry{*key, old.value, old.create_revision, old.mod_revision};
  }
  moment.batch.changes.push_back(std::move(change));
}

}  // namespace

Result<std::vector<Moment>> read_events(const Names& names, const json::Value& result) {
  std::vector<Moment> moments;
  for (const auto& event : json::array_or_empty(result, "events")) {
    const auto* found = json::find(event, "kv");
    if (found == nullptr) return fail(Errc::unavailable, "an event of etcd's watch lacks its key");
    const auto kv = read_kv(*found);
    if (moments.empty() || moments.back().batch.revision != kv.mod_revision) {
      moments.push_back({Batch{kv.mod_revision, {}}, std::nullopt, false});
    }
    auto& moment = moments.back();
    const bool deleted = json::string_or(event, "type") == "DELETE";
    if (kv.name == names.marker() && !deleted) {
      FW_TRY(moment.marker, Marker::parse(kv.value));
    } else if (kv.name == names.refused() && !deleted) {
      moment.refused = true;
    } else {
      add_event(names, event, kv, moment);
    }
  }
  return moments;
}

Task<Result<Revision>> read_history(Endpoints& etcd, Names names, Revision after, std::function<bool(Moment)> see) {
  const bool from_the_oldest = after == 0;
  // Compacted while it is being asked for: once more from where it begins now.
  while (true) {
    const auto done = co_await follow(etcd, names, after, see);
    if (done) co_return after;
    if (done.error().code != Errc::gone || !from_the_oldest) co_return std::unexpected(done.error());
  }
}

}  // namespace fairway::store::etcd
