#include "kube_api/requests/reads.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/object/object_access.h"
#include "kube_api/requests/presentation.h"

namespace fairway::kube_api {
namespace {

struct Page {
  store::Revision revision = 0;
  std::string after;  // "namespace/name"
};

std::string token_of(const Page& page) {
  return base64_encode(json::write(json::Object{{"v", "fairway/v1"}, {"rv", page.revision}, {"after", page.after}}));
}

ApiResult<Page> read_token(const std::string& token) {
  const auto text = base64_decode(token);
  auto parsed = text ? json::parse(*text) : Result<json::Value>(fail(Errc::invalid, ""));
  if (!parsed || json::string_or(*parsed, "v") != "fairway/v1") {
    return refuse(bad_request("continue key is not valid: it was not given by this server"));
  }
  return Page{json::int_or(*parsed, "rv"), json::string_or(*parsed, "after")};
}

std::string place_of(const json::Object& object) {
  return fmt::format("{}/{}", namespace_of(object), name_of(object));
}

}  // namespace

ApiError as_server_error(ApiError error) {
  constexpr std::string_view kSaid = "invalid resource version: ";
  if (!error.message.starts_with(kSaid)) return error;
  return {500, "", error.message.substr(kSaid.size()), nullptr};
}

ApiResult<store::Revision> wanted_revision(const Api& api, const std::string& text) {
  if (text.empty()) return 0;
  const auto revision = parse_int(text);
  if (!revision || *revision < 0) {
    FieldErrors errors;
    errors.invalid("resourceVersion", json::Value(text),
                   fmt::format("strconv.ParseUint: parsing {}: invalid syntax", in_quotes(text)));
    return refuse({400, "BadRequest", fmt::format("invalid resource version: {}", errors.text()), nullptr});
  }
  if (*revision > api.objects.revision()) {
    return refuse(
        {504, "Timeout",
         fmt::format("Timeout: Too large resource version: {}, current: {}", *revision, api.objects.revision()),
         json::Object{{"causes", json::Array{json::Object{{"reason", "ResourceVersionTooLarge"},
                                                          {"message", "Too large resource version"}}}},
                      {"retryAfterSeconds", 1}}});
  }
  return *revision;
}

std::vector<Stored> selected(const Api& api, const Call& call) {
  const auto& kind = *call.target.kind;
  std::vector<Stored> items;
  const auto name = call.fields.exact("metadata.name");
  if (!name.empty() && (!kind.namespaced || !call.target.ns.empty())) {
    if (const auto* found = api.objects.find({kind.storage, call.target.ns, name})) items.push_back(*found);
  } else {
    items = api.objects.list(kind.storage, call.target.ns);
  }
  std::erase_if(items, [&](const Stored& item) {
    return !call.labels.matches(map_at(*item.object, {"metadata", "labels"})) ||
           !call.fields.matches(kind, *item.object);
  });
  return items;
}

ApiResult<json::Value> get_object(const Api& api, const Call& call) {
  const auto& kind = *call.target.kind;
  if (auto revision = wanted_revision(api, call.resource_version); !revision)
    return refuse(as_server_error(revision.error()));
  const auto* found = api.objects.find({kind.storage, call.target.ns, call.target.name});
  if (found == nullptr) return refuse(not_found(kind.resource(), call.target.name));
  return present_one(call, *found->object, api.env.clock.wall());
}

ApiResult<json::Value> list_objects(const Api& api, const Call& call) {
  auto revision = wanted_revision(api, call.resource_version);
  if (!revision) return refuse(revision.error());
  if (call.resource_version_match == "Exact" && *revision < api.objects.revision() &&
      *revision < api.objects.oldest()) {
    return refuse(expired(fmt::format("The provided resourceVersion {} is too old: the oldest that is kept is {}",
                                      *revision, api.objects.oldest())));
  }
  Page page{api.objects.revision(), ""};
  auto items = selected(api, call);
  if (!call.continue_token.empty()) {
    auto token = read_token(call.continue_token);
    if (!token) return refuse(token.error());
    page = *token;
    std::erase_if(items, [&](const Stored& item) { return place_of(*item.object) <= page.after; });
  }
  ListMeta meta{std::to_string(page.revision), "", 0};
  const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(call.limit, 0));
  if (limit > 0 && items.size() > limit) {
    if (call.labels.empty() && call.fields.empty()) meta.remaining = static_cast<std::int64_t>(items.size() - limit);
    items.resize(limit);
    page.after = place_of(*items.back().object);
    meta.continue_token = token_of(page);
  }
  return present_list(call, items, meta, api.env.clock.wall());
}

}  // namespace fairway::kube_api
