#include "kube_api/requests/watch_stream.h"

#include <fmt/format.h>

#include "kube_api/object/object_access.h"
#include "kube_api/requests/presentation.h"
#include "kube_api/requests/reads.h"

namespace fairway::kube_api {
namespace {

constexpr auto kBookmarkEvery = std::chrono::seconds(30);

// One watch. Lifetime: the stream's coroutine owns it; `api` outlives every stream (the server stops first).
class WatchStream {
 public:
  WatchStream(Api& api, Call call, store::Revision from, bool list_first)
      : api_(api), call_(std::move(call)), at_(from), list_first_(list_first) {}

  Task<> run(http::BodyWriter& writer) {
    auto& changed = api_.objects.changed();
    writer.on_closed([&changed] { changed.notify_all(); });
    const auto end = call_.timeout_seconds ? api_.env.clock.steady() + std::chrono::seconds(*call_.timeout_seconds)
                                           : SteadyTime::max();
    auto bookmark_at = api_.env.clock.steady() + kBookmarkEvery;
    if (list_first_) show_all();
    bool alive = true;
    while (alive) {
      alive = collect();
      const auto now = api_.env.clock.steady();
      if (alive && call_.bookmarks && now >= bookmark_at) {
        add(present_bookmark(call_, std::to_string(std::max(at_, api_.objects.revision())), false));
        bookmark_at = now + kBookmarkEvery;
      }
      if (!pending_.empty()) {
        auto sent = co_await writer.write(pending_);
        pending_.clear();
        if (!sent) break;
        continue;
      }
      if (!alive || writer.closed() || api_.objects.stopping() || now >= end) break;
      const auto wake = std::min(end, bookmark_at);
      co_await changed.wait(wake - now);
    }
    writer.on_closed({});
  }

 private:
  Api& api_;
  Call call_;
  store::Revision at_;
  bool list_first_;
  bool first_ = true;
  std::string pending_;

  void add(const json::Value& event) {
    pending_ += json::write(event);
    pending_ += '\n';
  }

  void add_object(std::string_view type, const json::Object& object) {
    add(present_event(call_, type, object, first_, api_.env.clock.wall()));
    first_ = false;
  }

  void show_all() {
    for (const auto& item : selected(api_, call_)) add_object("ADDED", *item.object);
    at_ = api_.objects.revision();
    if (call_.send_initial_events && call_.bookmarks) add(present_bookmark(call_, std::to_string(at_), true));
  }

  [[nodiscard]] bool chosen(const ObjectPtr& object) const {
    return object != nullptr && call_.labels.matches(map_at(*object, {"metadata", "labels"})) &&
           call_.fields.matches(*call_.target.kind, *object);
  }

  // Turns what happened since into events; false when the history does not reach back.
  bool collect() {
    if (at_ < api_.objects.oldest()) {
      const auto gone = expired(fmt::format("too old resource version: {} ({})", at_, api_.objects.oldest()));
      add(json::Object{{"type", "ERROR"}, {"object", to_status(gone)}});
      return false;
    }
    for (const auto& change : api_.objects.changes_after(at_)) {
      at_ = change.revision;
      if (change.ref.storage != call_.target.kind->storage) continue;
      if (!call_.target.ns.empty() && change.ref.ns != call_.target.ns) continue;
      show(change);
    }
    return true;
  }

  void show(const ObjectChange& change) {
    const bool was = chosen(change.before), is = chosen(change.now);
    if (is) {
      add_object(was ? "MODIFIED" : "ADDED", *change.now);
    } else if (was) {
      // Gone, or no longer selected: the last that this watch may see of it, at the revision of the change.
      auto last = *change.before;
      child(last, "metadata")["resourceVersion"] = std::to_string(change.revision);
      add_object("DELETED", last);
    }
  }
};

Task<> stream_watch(std::shared_ptr<WatchStream> watch, http::BodyWriter& writer) { co_await watch->run(writer); }

ApiResult<> check_options(const Call& call) {
  if (!call.send_initial_events) return {};
  if (call.resource_version_match == "NotOlderThan") return {};
  FieldErrors errors;
  errors.forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  return refuse(invalid({"meta.k8s.io", "", "ListOptions"}, "", errors));
}

}  // namespace

ApiResult<http::Response> watch_objects(Api& api, Call call) {
  if (auto sensible = check_options(call); !sensible) return refuse(sensible.error());
  auto from = wanted_revision(api, call.resource_version);
  if (!from) return refuse(as_server_error(from.error()));
  const bool list_first = call.send_initial_events || *from == 0;
  const auto start = list_first ? api.objects.revision() : *from;
  auto watch = std::make_shared<WatchStream>(api, std::move(call), start, list_first);
  http::Response response;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Cache-Control", "no-cache, private");
  response.stream = [watch](http::BodyWriter& writer) { return stream_watch(watch, writer); };
  return response;
}

}  // namespace fairway::kube_api
