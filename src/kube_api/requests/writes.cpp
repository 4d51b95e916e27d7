#include "kube_api/requests/writes.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/kinds/object_meta.h"
#include "kube_api/object/decode.h"
#include "kube_api/object/object_access.h"
#include "kube_api/object/patch.h"
#include "kube_api/object/times.h"
#include "kube_api/requests/admission.h"

namespace fairway::kube_api {
namespace {

constexpr int kAttempts = 5;

// As generated names end: no vowels, so that no word comes out.
std::string name_suffix(Random& random) {
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::array<std::byte, 5> bytes{};
  random.fill(bytes);
  std::string suffix;
  for (const auto byte : bytes) suffix += kLetters[std::to_integer<std::size_t>(byte) % kLetters.size()];
  return suffix;
}

std::string generated_name(Api& api, std::string_view base) {
  constexpr std::size_t kMaxBase = 58;
  return std::string(base.substr(0, kMaxBase)) + name_suffix(api.env.random);
}

void fill_system_metadata(Api& api, const Kind& kind, json::Object& object) {
  auto& metadata = child(object, "metadata");
  for (const auto* key : {"selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields"})
    metadata.erase(key);
  metadata["uid"] = make_uuid(api.env.random);
  metadata["creationTimestamp"] = format_time(api.env.clock.wall());
  if (kind.generation) metadata["generation"] = 1;
}

ApiResult<> check_namespace_of(const Call& call, json::Object& object) {
  const auto& kind = *call.target.kind;
  auto& metadata = child(object, "metadata");
  const auto said = namespace_of(object);
  if (!kind.namespaced) {
    metadata.erase("namespace");
    return {};
  }
  if (!said.empty() && said != call.target.ns) {
    return refuse(
        bad_request("the namespace of the provided object does not match the namespace sent on the request"));
  }
  metadata["namespace"] = call.target.ns;
  return {};
}

// What any name must be, so that it can stand in a URL.
Texts path_segment_errors(std::string_view name) {
  if (name == "." || name == "..") return {fmt::format("may not be '{}'", name)};
  Texts texts;
  for (const auto c : {'/', '%'}) {
    if (name.contains(c)) texts.push_back(fmt::format("may not contain '{}'", c));
  }
  return texts;
}

json::Object normalized(const Kind& kind, json::Object object) {
  json::Value value = std::move(object);
  normalize_object(value, Schema::builtin().type(stored_kind(kind.storage).type));
  return std::move(value.get_object());
}

ObjectPtr with_revision(json::Object object, store::Revision revision) {
  child(object, "metadata")["resourceVersion"] = std::to_string(revision);
  return std::make_shared<const json::Object>(std::move(object));
}

// Defaults, allocation and validation of a new object; what is allocated is held until the write is done.
ApiResult<ServiceAllocation::Hold> prepare_new(Api& api, const Kind& kind, json::Object& object, bool dry_run) {
  ServiceAllocation::Hold hold;
  if (kind.rules.prepare_create != nullptr) kind.rules.prepare_create(object);
  if (kind.storage == "services") {
    auto held = api.allocation.for_create(object, dry_run);
    if (!held) return refuse(held.error());
    hold = *std::move(held);
  }
  FieldErrors errors;
  if (kind.rules.validate_create != nullptr) errors = kind.rules.validate_create(object);
  // After the kind's own rules, for kinds that have few.
  if (errors.empty()) errors = validate_any_meta(object, kind.namespaced, path_segment_errors);
  if (!errors.empty()) return refuse(invalid(stored_kind(kind.storage).resource(), name_of(object), errors));
  return hold;
}

Task<ApiResult<Written>> create_prepared(Api& api, const Kind& kind, json::Object object, bool dry_run) {
  const bool generate = name_of(object).empty() && !text_at(object, {"metadata", "generateName"}).empty();
  for (int attempt = 1;; ++attempt) {
    auto fresh = object;
    if (generate)
      child(fresh, "metadata")["name"] = generated_name(api, text_at(object, {"metadata", "generateName"}));
    fill_system_metadata(api, kind, fresh);
    auto hold = prepare_new(api, kind, fresh, dry_run);
    if (!hold) co_return refuse(hold.error());
    fresh = normalized(kind, std::move(fresh));
    Written written{201, nullptr, nullptr, {}};
    if (kind.rules.warnings != nullptr) written.warnings = kind.rules.warnings(fresh, nullptr);
    const ObjectRef ref{kind.storage, std::string(namespace_of(fresh)), std::string(name_of(fresh))};
    if (api.objects.find(ref) != nullptr) {
      if (generate && attempt < kAttempts) continue;
      co_return refuse(already_exists(kind.resource(), ref.name));
    }
    if (dry_run) {
      written.object = std::make_shared<const json::Object>(std::move(fresh));
      co_return written;
    }
    std::vector<ObjectWrite> writes;
    writes.push_back({ref, std::make_shared<json::Object>(fresh), 0});
    auto revision = co_await api.objects.write(std::move(writes));
    if (revision) {
      written.object = with_revision(std::move(fresh), *revision);
      co_return written;
    }
    if (revision.error().code != Errc::conflict) co_return refuse(store_error(revision.error()));
    if (!generate || attempt == kAttempts) co_return refuse(already_exists(kind.resource(), ref.name));
  }
}

// What an update may never change, or what is filled in for those who left it out.
void carry_over(json::Object& now, const json::Object& before, const Kind& kind) {
  auto& metadata = child(now, "metadata");
  const auto& old = map_at(before, {"metadata"});
  if (text_at(now, {"metadata", "uid"}).empty()) copy_member(metadata, old, "uid");
  copy_member(metadata, old, "creationTimestamp");
  copy_member(metadata, old, "generation");
  if (old.contains("deletionTimestamp")) copy_member(metadata, old, "deletionTimestamp");
  if (old.contains("deletionGracePeriodSeconds") && !metadata.contains("deletionGracePeriodSeconds"))
    copy_member(metadata, old, "deletionGracePeriodSeconds");
  metadata.erase("managedFields");
  metadata.erase("selfLink");
  if (kind.namespaced && namespace_of(now).empty()) copy_member(metadata, old, "namespace");
}

void count_generation(const Kind& kind, json::Object& now, const json::Object& before) {
  if (!kind.generation) return;
  for (const auto& member : now) {
    const std::string_view key = member.key();
    if (key == "metadata" || key == "status" || key == "kind" || key == "apiVersion") continue;
    if (member_or_null(before, key) == member.value()) continue;
    child(now, "metadata")["generation"] = int_at(before, {"metadata", "generation"}) + 1;
    return;
  }
  if (kind.generation_counts_annotations &&
      map_at(now, {"metadata", "annotations"}) != map_at(before, {"metadata", "annotations"}))
    child(now, "metadata")["generation"] = int_at(before, {"metadata", "generation"}) + 1;
}

bool same_content(const json::Object& a, const json::Object& b) {
  auto left = a, right = b;
  child(left, "metadata").erase("resourceVersion");
  child(right, "metadata").erase("resourceVersion");
  return left == right;
}

// Deleted for good once nothing holds it back any more.
bool ends_now(const json::Object& object) {
  if (!being_deleted(object) || !list_at(object, {"metadata", "finalizers"}).empty()) return false;
  if (!list_at(object, {"spec", "finalizers"}).empty()) return false;
  return int_at(object, {"metadata", "deletionGracePeriodSeconds"}) == 0;
}

struct Judged {
  json::Object object;
  ServiceAllocation::Hold hold;
  std::vector<std::string> warnings;
};

ApiResult<Judged> judge_update(Api& api, const Kind& kind, json::Object now, const json::Object& before,
                               const UpdateOptions& options) {
  Judged judged;
  carry_over(now, before, kind);
  if (options.status_only) {
    if (kind.rules.prepare_status != nullptr) kind.rules.prepare_status(now, before);
  } else {
    if (kind.storage == "services") {
      auto held = api.allocation.for_update(now, before, options.dry_run);
      if (!held) return refuse(held.error());
      judged.hold = *std::move(held);
    }
    if (kind.rules.prepare_update != nullptr && !options.internal) kind.rules.prepare_update(now, before);
  }
  auto errors = validate_any_meta(now, kind.namespaced, path_segment_errors);
  errors.add(validate_any_meta_update(now, before));
  const auto validate = options.status_only ? kind.rules.validate_status : kind.rules.validate_update;
  if (validate != nullptr) errors.add(validate(now, before));
  if (!errors.empty()) return refuse(invalid(stored_kind(kind.storage).resource(), name_of(before), errors));
  if (!options.status_only && kind.rules.warnings != nullptr) judged.warnings = kind.rules.warnings(now, &before);
  judged.object = normalized(kind, std::move(now));
  if (!options.status_only) count_generation(kind, judged.object, before);
  return judged;
}

ApiResult<> check_versions(const Kind& kind, json::Object& now, const Stored& present) {
  auto& metadata = child(now, "metadata");
  const std::string version(text_at(now, {"metadata", "resourceVersion"}));
  if (const auto number = parse_int(version); !version.empty() && (!number || *number < 0)) {
    return refuse(
        {500, "", fmt::format("strconv.ParseUint: parsing {}: invalid syntax", in_quotes(version)), nullptr});
  }
  if (version.empty() || version == "0") {
    if (!kind.unconditional_update) {
      FieldErrors errors;
      errors.invalid("metadata.resourceVersion", 0, "must be specified for an update");
      auto named = kind.resource();
      named.kind = named.plural;  // this text names the resource
      return refuse(invalid(named, name_of(now), errors));
    }
    metadata["resourceVersion"] = std::to_string(present.revision);
  } else if (version != std::to_string(present.revision)) {
    return refuse(modified(kind.resource(), name_of(*present.object)));
  }
  return {};
}

}  // namespace

ApiResult<Written> with_warnings(ApiResult<Written> written, const std::vector<std::string>& warnings) {
  auto& said = written ? written->warnings : written.error().warnings;
  said.insert(said.begin(), warnings.begin(), warnings.end());
  return written;
}

ApiError store_error(const Error& error) {
  if (error.code == Errc::unavailable) return unavailable(error.what);
  return internal_error(error.what);
}

Task<ApiResult<Written>> update_object(Api& api, const Kind& kind, ObjectRef ref, Change change,
                                       UpdateOptions options) {
  for (int attempt = 1;; ++attempt) {
    const auto* found = api.objects.find(ref);
    if (found == nullptr) co_return refuse(not_found(kind.resource(), ref.name));
    const Stored present = *found;
    auto now = change(*present.object);
    if (!now) co_return refuse(now.error());
    if (auto right = check_versions(kind, *now, present); !right) co_return refuse(right.error());
    auto judged = judge_update(api, kind, *std::move(now), *present.object, options);
    if (!judged) co_return refuse(judged.error());
    Written written{200, nullptr, nullptr, std::move(judged->warnings)};
    if (options.dry_run || same_content(judged->object, *present.object)) {
      written.object = with_revision(std::move(judged->object), present.revision);
      co_return written;
    }
    const bool ends = ends_now(judged->object);
    std::vector<ObjectWrite> writes;
    writes.push_back({ref, ends ? nullptr : std::make_shared<json::Object>(judged->object), present.revision});
    auto revision = co_await api.objects.write(std::move(writes));
    if (revision) {
      written.object = with_revision(std::move(judged->object), *revision);
      co_return written;
    }
    if (revision.error().code != Errc::conflict) co_return refuse(store_error(revision.error()));
    if (options.pinned || attempt == kAttempts) co_return refuse(modified(kind.resource(), ref.name));
  }
}

namespace {

// What a request's body holds: decoded, and of the namespace that its URL says.
ApiResult<Incoming> take_body(const Call& call, const std::string& body, const std::string& content_type) {
  std::vector<std::string> strict;
  auto value = read_body(body, content_type, call.target.kind->kind, &strict);
  if (!value) return refuse(value.error());
  auto incoming = decode_incoming(call, *std::move(value), std::move(strict));
  if (!incoming) return incoming;
  if (auto right = check_namespace_of(call, incoming->object); !right) return refuse(right.error());
  return incoming;
}

}  // namespace

namespace {

// A version that is none is dropped without a word, as it is there; a dry run, which stores nothing, looks at none.
ApiResult<> check_no_version(json::Object& object, bool dry_run) {
  const auto version = parse_int(text_at(object, {"metadata", "resourceVersion"}));
  if (dry_run) return {};
  if (version && *version != 0)
    return refuse({500, "", "resourceVersion should not be set on objects to be created", nullptr});
  child(object, "metadata").erase("resourceVersion");
  return {};
}

}  // namespace

Task<ApiResult<Written>> create_object(Api& api, Call call, std::string body, std::string content_type) {
  auto incoming = take_body(call, body, content_type);
  if (!incoming) co_return refuse(incoming.error());
  const auto& kind = *call.target.kind;
  auto object = std::move(incoming->object);
  if (auto right = check_no_version(object, call.dry_run); !right) co_return refuse(right.error());
  if (auto admitted = admit_create(api, kind, call.target.ns, object); !admitted)
    co_return with_warnings(refuse(admitted.error()), incoming->warnings);
  auto written = co_await create_prepared(api, kind, std::move(object), call.dry_run);
  co_return with_warnings(std::move(written), incoming->warnings);
}

namespace {

json::Object own_form(const Kind& kind, json::Object object) {
  json::Value value = std::move(object);
  normalize_object(value, Schema::builtin().type(stored_kind(kind.storage).type));
  auto& own = value.get_object();
  own["kind"] = kind.kind;
  own["apiVersion"] = kind.api_version();
  if (kind.rules.set_defaults != nullptr) kind.rules.set_defaults(own);
  return std::move(own);
}

}  // namespace

Task<ApiResult<ObjectPtr>> create_own(Api& api, const Kind& kind, json::Object object) {
  auto written = co_await create_prepared(api, kind, own_form(kind, std::move(object)), false);
  if (!written) co_return refuse(written.error());
  co_return written->object;
}

Task<ApiResult<ObjectPtr>> create_admitted(Api& api, const Kind& kind, json::Object object) {
  auto own = own_form(kind, std::move(object));
  const std::string ns(namespace_of(own));
  if (auto admitted = admit_create(api, kind, ns, own); !admitted) co_return refuse(admitted.error());
  auto written = co_await create_prepared(api, kind, std::move(own), false);
  if (!written) co_return refuse(written.error());
  co_return written->object;
}

namespace {

// Where the real server keeps an object: its texts say so.
std::string storage_key(const ObjectRef& ref, bool dry_run) {
  const std::string_view place = ref.storage == "services"    ? "services/specs"
                                 : ref.storage == "endpoints" ? "services/endpoints"
                                 : ref.storage == "nodes"     ? "minions"
                                                              : std::string_view(ref.storage);
  return fmt::format("{}/{}/{}{}{}", dry_run ? "" : "/registry", place, ref.ns, ref.ns.empty() ? "" : "/", ref.name);
}

}  // namespace

ApiError no_name(const Call& call) {
  return bad_request(fmt::format("the name of the object ({} based on URL) was undeterminable: name must be provided",
                                 call.target.name));
}

Task<ApiResult<Written>> replace_object(Api& api, Call call, std::string body, std::string content_type) {
  auto incoming = take_body(call, body, content_type);
  if (!incoming) co_return refuse(incoming.error());
  const auto& kind = *call.target.kind;
  auto object = std::move(incoming->object);
  const auto said = name_of(object);
  if (!said.empty() && said != call.target.name) {
    co_return refuse(bad_request(
        fmt::format("the name of the object ({}) does not match the name on the URL ({})", said, call.target.name)));
  }
  if (said.empty()) co_return refuse(no_name(call));
  const ObjectRef ref{kind.storage, call.target.ns, call.target.name};
  ApiResult<Written> written;
  if (api.objects.find(ref) == nullptr && kind.create_on_update && call.target.subresource.empty()) {
    child(object, "metadata").erase("resourceVersion");
    if (auto admitted = admit_create(api, kind, call.target.ns, object); !admitted)
      co_return refuse(admitted.error());
    written = co_await create_prepared(api, kind, std::move(object), call.dry_run);
  } else {
    if (call.target.subresource.empty()) admit_update(kind, object);
    const bool pinned = !text_at(object, {"metadata", "resourceVersion"}).empty();
    const auto resource = kind.resource();
    Change change = [object, resource,
                     key = storage_key(ref, call.dry_run)](const json::Object& before) -> ApiResult<json::Object> {
      // Another object of the same name is not the one that is to be replaced.
      const auto uid = uid_of(object), present = uid_of(before);
      if (uid.empty() || uid == present) return object;
      return refuse(conflict(
          resource, name_of(before),
          fmt::format("StorageError: invalid object, Code: 4, Key: {}, ResourceVersion: 0, AdditionalErrorMsg: "
                      "Precondition failed: UID in precondition: {}, UID in object meta: {}",
                      key, uid, present)));
    };
    written = co_await update_object(api, kind, ref, std::move(change),
                                     {call.dry_run, call.target.subresource == "status", pinned});
  }
  co_return with_warnings(std::move(written), incoming->warnings);
}

}  // namespace fairway::kube_api
