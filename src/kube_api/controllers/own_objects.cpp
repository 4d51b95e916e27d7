#include "kube_api/controllers/own_objects.h"

#include <fmt/format.h>

#include "kube_api/object/object_access.h"
#include "kube_api/object/times.h"
#include "kube_api/requests/deletes.h"
#include "kube_api/requests/writes.h"

namespace fairway::kube_api {
namespace {

void complain(Api& api, std::string_view who, const ObjectRef& ref, const ApiError& error) {
  if (error.code == 409 || error.code == 404 || api.objects.stopping()) return;
  api.env.log.warn("a controller of the Kubernetes API could not write",
                   {{"controller", std::string(who)}, {"object", ref.key()}, {"why", error.message}});
}

json::Object merged(const json::Object& present, const json::Object& wanted) {
  auto now = present;
  for (const auto& member : wanted) {
    if (member.key() != "metadata") now[member.key()] = member.value();
  }
  auto& metadata = child(now, "metadata");
  for (const auto* key : {"labels", "annotations", "ownerReferences"})
    copy_member(metadata, map_at(wanted, {"metadata"}), key);
  return now;
}

// The event that says the same, if there is one.
const Stored* same_event(const Api& api, const std::string& ns, const json::Object& about, const EventText& text) {
  static Stored found;
  for (const auto& event : api.objects.list("events", ns)) {
    if (text_at(*event.object, {"involvedObject", "uid"}) != uid_of(about) ||
        text_at(*event.object, {"reason"}) != text.reason || text_at(*event.object, {"message"}) != text.message) {
      continue;
    }
    found = event;
    return &found;
  }
  return nullptr;
}

}  // namespace

Task<bool> ensure_object(Api& api, std::string_view who, const Kind& kind, json::Object object) {
  const ObjectRef ref{kind.storage, std::string(namespace_of(object)), std::string(name_of(object))};
  if (api.objects.find(ref) != nullptr) co_return true;
  const std::string name(who);
  auto created = co_await create_own(api, kind, std::move(object));
  if (created || created.error().code == 409) co_return true;
  complain(api, name, ref, created.error());
  co_return false;
}

Task<> put_object(Api& api, std::string_view who, const Kind& kind, ObjectRef ref, json::Object wanted) {
  const std::string name(who);
  if (api.objects.find(ref) == nullptr) {
    auto created = co_await create_own(api, kind, std::move(wanted));
    if (!created) complain(api, name, ref, created.error());
    co_return;
  }
  Change change = [wanted](const json::Object& before) -> ApiResult<json::Object> { return merged(before, wanted); };
  auto written = co_await update_object(api, kind, ref, std::move(change), {});
  if (!written) complain(api, name, ref, written.error());
}

Task<bool> replace_planned(Api& api, std::string_view who, const Kind& kind, json::Object object, bool status_only) {
  const std::string name(who);
  const ObjectRef ref{kind.storage, std::string(namespace_of(object)), std::string(name_of(object))};
  Change change = [object = std::move(object)](const json::Object&) -> ApiResult<json::Object> { return object; };
  auto written = co_await update_object(api, kind, ref, std::move(change), {false, status_only, true});
  if (!written) complain(api, name, ref, written.error());
  co_return written.has_value();
}

Task<> remove_object(Api& api, std::string_view who, const Kind& kind, ObjectRef ref) {
  const std::string name(who);
  auto removed = co_await delete_object(api, kind, ref, {});
  if (!removed) complain(api, name, ref, removed.error());
}

Task<> record_event(Api& api, ObjectPtr about, std::string_view kind, EventText text) {
  const auto* events = find_kind("", "v1", "events");
  auto ns = std::string(namespace_of(*about));
  if (ns.empty()) ns = "default";
  // Nothing is noted where everything ends.
  const auto* place = api.objects.find({"namespaces", "", ns});
  if (place == nullptr || being_deleted(*place->object)) co_return;
  const auto now = format_time(api.env.clock.wall());
  if (const auto* same = same_event(api, ns, *about, text)) {
    const ObjectRef ref{"events", ns, std::string(name_of(*same->object))};
    Change change = [now](const json::Object& before) -> ApiResult<json::Object> {
      auto event = before;
      event["count"] = int_at(before, {"count"}) + 1;
      event["lastTimestamp"] = now;
      return event;
    };
    auto written = co_await update_object(api, *events, ref, std::move(change), {});
    if (!written) complain(api, text.component, ref, written.error());
    co_return;
  }
  const auto version = text_at(*about, {"apiVersion"});
  json::Object involved{{"kind", kind},
                        {"apiVersion", version.empty() ? "v1" : version},
                        {"name", name_of(*about)},
                        {"uid", uid_of(*about)}};
  if (!namespace_of(*about).empty()) involved["namespace"] = ns;
  involved["resourceVersion"] = text_at(*about, {"metadata", "resourceVersion"});
  json::Object event{
      {"metadata", json::Object{{"name", fmt::format("{}.{}", name_of(*about), make_suffix(api.env.random, 16))},
                                {"namespace", ns}}},
      {"involvedObject", std::move(involved)},
      {"reason", text.reason},
      {"message", text.message},
      {"source", json::Object{{"component", text.component}}},
      {"firstTimestamp", now},
      {"lastTimestamp", now},
      {"count", 1},
      {"type", text.type},
      {"reportingComponent", text.component},
      {"reportingInstance", ""}};
  const ObjectRef ref{"events", ns, ""};
  auto created = co_await create_own(api, *events, std::move(event));
  if (!created) complain(api, text.component, ref, created.error());
}

Agenda::Key key_of(const json::Object& object) {
  return {std::string(namespace_of(object)), std::string(name_of(object))};
}

bool namespace_ends(const ApiError& error) {
  return error.code == 403 && error.message.ends_with("because it is being terminated");
}

Task<> wait_for(Api& api, const Agenda& agenda) {
  if (const auto limit = agenda.wait(api.env.clock.steady())) {
    co_await api.objects.changed().wait(*limit);
  } else {
    co_await api.objects.changed().wait();
  }
}

ChangeCursor::Seen ChangeCursor::next() {
  Seen seen;
  if (!started_ || at_ < objects_.oldest()) {
    started_ = true;
    at_ = objects_.revision();
    seen.all = true;
    return seen;
  }
  seen.changes = objects_.changes_after(at_);
  if (!seen.changes.empty()) at_ = seen.changes.back().revision;
  return seen;
}

}  // namespace fairway::kube_api
