#include "testing/fake_kube_api.h"

#include "base/strings.h"

namespace fairway::testing {
namespace {

http::Response status(int code, std::string_view reason, std::string message) {
  json::Object body{{"kind", "Status"}, {"apiVersion", "v1"}, {"status", "Failure"}, {"message", std::move(message)},
                    {"reason", reason}, {"code", code}};
  return http::Response::json(code, json::write(body));
}

http::Response good(int code, const json::Value& object) { return http::Response::json(code, json::write(object)); }

struct Place {
  std::string collection;  // "/api/v1/namespaces/web/services"
  std::string name, subresource;
  [[nodiscard]] std::string object_path() const { return collection + "/" + name; }
};

// "/api/v1/namespaces/NAME" is an object of the collection "/api/v1/namespaces"; one more segment makes it a folder.
Place parse_place(std::string_view path) {
  const auto parts = split(path.substr(1), '/');
  std::size_t at = parts.front() == "api" ? 2 : 3;
  Place place;
  for (std::size_t i = 0; i < at && i < parts.size(); ++i) place.collection += "/" + std::string(parts[i]);
  if (at + 2 < parts.size() && parts[at] == "namespaces" && parts[at + 2] != "status") {
    place.collection += "/namespaces/" + std::string(parts[at + 1]);
    at += 2;
  }
  if (at < parts.size()) place.collection += "/" + std::string(parts[at]);
  if (at + 1 < parts.size()) place.name = percent_decode(parts[at + 1]);
  if (at + 2 < parts.size()) place.subresource = std::string(parts[at + 2]);
  return place;
}

// "/api/v1/services" holds "/api/v1/namespaces/web/services/shop" too.
bool in_collection(std::string_view collection, std::string_view object_path) {
  const auto end = object_path.rfind('/');
  const auto own = object_path.substr(0, end);
  if (own == collection) return true;
  const auto plural = collection.substr(collection.rfind('/'));
  const auto root = collection.substr(0, collection.rfind('/'));
  return own.starts_with(std::string(root) + "/namespaces/") && own.ends_with(plural) &&
         root.find("/namespaces") == std::string_view::npos && std::ranges::count(own.substr(root.size()), '/') == 3;
}

std::string version_of(const json::Value& object) { return json::string_or(object, "metadata.resourceVersion"); }

std::string uid_of(const json::Value& object) { return json::string_or(object, "metadata.uid"); }

json::Value& metadata_of(json::Value& object) {
  auto& root = object.as_object();
  if (!root["metadata"].is_object()) root["metadata"] = json::Object{};
  return root["metadata"];
}

bool has_finalizers(const json::Value& object) {
  return !json::array_or_empty(object, "metadata.finalizers").empty();
}

std::string event_line(std::string_view type, const json::Value& object) {
  return json::write(json::Object{{"type", type}, {"object", object}}) + "\n";
}

}  // namespace

void merge_patch(json::Value& target, const json::Value& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = json::Object{};
  for (const auto& item : patch.get_object()) {
    if (item.value().is_null()) {
      target.get_object().erase(item.key());
    } else {
      merge_patch(target.get_object()[item.key()], item.value());
    }
  }
}

Task<http::Response> FakeKubeApi::handle(http::Request& request) {
  const auto place = parse_place(request.path);
  json::Value body;
  if (!request.body.empty()) {
    auto parsed = json::parse(request.body);
    if (!parsed) co_return status(400, "BadRequest", parsed.error().what);
    body = std::move(*parsed);
  }
  if (request.method == "GET" && place.name.empty()) {
    co_return request.query.find("watch") ? watch(place.collection, request) : list(place.collection);
  }
  if (request.method == "POST") co_return create(place.collection, std::move(body));
  const auto path = place.object_path();
  if (!objects_.contains(path)) co_return status(404, "NotFound", fmt::format("\"{}\" not found", place.name));
  if (request.method == "GET") co_return good(200, objects_.at(path));
  if (request.method == "PUT") co_return write(path, place.subresource, std::move(body));
  if (request.method == "PATCH") co_return patch(path, place.subresource, body);
  if (request.method != "DELETE") co_return status(405, "MethodNotAllowed", "method not allowed");
  remove(path);
  co_return good(200, json::Object{{"kind", "Status"}, {"status", "Success"}});
}

json::Value FakeKubeApi::put(std::string collection, json::Value object) {
  const auto path = collection + "/" + json::string_or(object, "metadata.name");
  const bool is_new = !objects_.contains(path);
  const auto parts = split(collection, '/');
  const auto ns = std::ranges::find(parts, "namespaces");
  if (ns != parts.end() && ns + 2 < parts.end()) metadata_of(object).as_object()["namespace"] = *(ns + 1);
  return store(path, std::move(object), is_new);
}

json::Value FakeKubeApi::merge(std::string path, const json::Value& patch) {
  auto object = objects_.at(path);
  merge_patch(object, patch);
  return store(path, std::move(object), false);
}

void FakeKubeApi::remove(std::string path) {
  auto object = objects_.at(path);
  if (!has_finalizers(object)) return erase(path);
  if (!json::string_or(object, "metadata.deletionTimestamp").empty()) return;
  metadata_of(object).as_object()["deletionTimestamp"] = to_iso8601(env_.clock.wall(), Stamp::seconds_z);
  store(path, std::move(object), false);
}

const json::Value* FakeKubeApi::find(const std::string& path) const {
  const auto found = objects_.find(path);
  return found == objects_.end() ? nullptr : &found->second;
}

std::vector<json::Value> FakeKubeApi::all(const std::string& prefix) const {
  std::vector<json::Value> found;
  for (const auto& [path, object] : objects_) {
    if (path.starts_with(prefix)) found.push_back(object);
  }
  return found;
}

void FakeKubeApi::send_bookmarks() {
  ++bookmarks_;
  changed_.notify_all();
}

void FakeKubeApi::break_watches() {
  ++generation_;
  changed_.notify_all();
}

void FakeKubeApi::forget_history() {
  changes_.clear();
  oldest_ = ++revision_;
  break_watches();
}

http::Response FakeKubeApi::list(const std::string& collection) {
  json::Array items;
  for (const auto& [path, object] : objects_) {
    if (in_collection(collection, path)) items.push_back(object);
  }
  json::Object answer{{"kind", "List"},
                      {"apiVersion", "v1"},
                      {"metadata", json::Object{{"resourceVersion", std::to_string(revision_)}}},
                      {"items", std::move(items)}};
  return good(200, answer);
}

http::Response FakeKubeApi::watch(const std::string& collection, const http::Request& request) {
  const auto from = parse_int(request.query.find("resourceVersion").value_or("0")).value_or(0);
  http::Response response;
  response.headers.set("Content-Type", "application/json");
  if (from < oldest_) {
    json::Object gone{
        {"kind", "Status"}, {"code", 410}, {"reason", "Expired"}, {"message", "too old resource version"}};
    response.body = event_line("ERROR", gone);
    return response;
  }
  response.stream = [this, collection, from](http::BodyWriter& writer) { return stream(collection, from, writer); };
  return response;
}

Task<> FakeKubeApi::stream(std::string collection, std::int64_t from, http::BodyWriter& writer) {
  const int generation = generation_;
  int bookmarks = bookmarks_;
  writer.on_closed([this] { changed_.notify_all(); });
  while (!writer.closed() && generation == generation_) {
    std::string lines;
    for (const auto& change : changes_) {
      if (change.revision <= from) continue;
      from = change.revision;
      if (in_collection(collection, change.path)) lines += event_line(change.type, change.object);
    }
    if (bookmarks != bookmarks_) {
      bookmarks = bookmarks_;
      lines += event_line("BOOKMARK",
                          json::Object{{"metadata", json::Object{{"resourceVersion", std::to_string(revision_)}}}});
    }
    if (!lines.empty()) {
      const auto written = co_await writer.write(lines);
      if (!written) co_return;
      continue;
    }
    co_await changed_.wait();
  }
}

http::Response FakeKubeApi::create(const std::string& collection, json::Value object) {
  if (!object.is_object()) return status(400, "BadRequest", "no object");
  const auto name = json::string_or(object, "metadata.name");
  if (name.empty()) return status(422, "Invalid", "metadata.name: Required value");
  if (objects_.contains(collection + "/" + name))
    return status(409, "AlreadyExists", fmt::format("\"{}\" already exists", name));
  return good(201, put(collection, std::move(object)));
}

http::Response FakeKubeApi::write(const std::string& path, const std::string& subresource, json::Value object) {
  const auto& present = objects_.at(path);
  if (const auto wanted = version_of(object); !wanted.empty() && wanted != version_of(present)) {
    return status(409, "Conflict",
                  "the object has been modified; please apply your changes to the latest version and try again");
  }
  // As the real one has it: who names another object by the same name means that one.
  if (const auto uid = json::string_or(object, "metadata.uid"); !uid.empty() && uid != uid_of(present))
    return status(422, "Invalid", "metadata.uid: Invalid value: field is immutable");
  // A status is written through its own path only, and nothing but metadata and status through that one.
  auto next = subresource == "status" ? present : object;
  auto& root = next.as_object();
  if (subresource == "status") {
    root["metadata"] = object.at("metadata");
    if (object.as_object().contains("status")) root["status"] = object.at("status");
  } else if (present.as_object().contains("status")) {
    root["status"] = present.at("status");
  }
  auto& metadata = metadata_of(next).as_object();
  for (const char* key : {"uid", "creationTimestamp", "name", "namespace", "deletionTimestamp"}) {
    if (const auto* value = json::find(present, std::string("metadata.") + key)) metadata[key] = *value;
  }
  return good(200, store(path, std::move(next), false));
}

http::Response FakeKubeApi::patch(const std::string& path, const std::string& subresource, const json::Value& patch) {
  auto object = objects_.at(path);
  merge_patch(object, patch);
  return write(path, subresource, std::move(object));
}

json::Value FakeKubeApi::store(const std::string& path, json::Value object, bool is_new) {
  auto& metadata = metadata_of(object).as_object();
  if (is_new) {
    if (!metadata.contains("uid")) metadata["uid"] = make_uuid(env_.random);
    metadata["creationTimestamp"] = to_iso8601(env_.clock.wall(), Stamp::seconds_z);
  }
  // The last finalizer of an object in deletion takes the object with it.
  if (metadata.contains("deletionTimestamp") && !has_finalizers(object)) {
    erase(path);
    return object;
  }
  const auto present = objects_.find(path);
  if (present != objects_.end()) {
    metadata["resourceVersion"] = version_of(present->second);
    if (present->second == object) return object;  // nothing changes: no new revision, no event
  }
  metadata["resourceVersion"] = std::to_string(++revision_);
  objects_[path] = object;
  changes_.push_back({revision_, is_new ? "ADDED" : "MODIFIED", path, object});
  changed_.notify_all();
  return object;
}

void FakeKubeApi::erase(const std::string& path) {
  auto object = std::move(objects_.at(path));
  objects_.erase(path);
  metadata_of(object).as_object()["resourceVersion"] = std::to_string(++revision_);
  changes_.push_back({revision_, "DELETED", path, std::move(object)});
  changed_.notify_all();
}

}  // namespace fairway::testing
