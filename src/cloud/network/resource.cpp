#include "cloud/network/resource.h"
#include "json/value.h"

#include <algorithm>

namespace fairway::cloud::network {
namespace {

constexpr std::size_t kMaxTags = 50, kMaxTag = 60;

std::unexpected<Error> bad_request(std::string message) {
  return fault(Errc::invalid, "HTTPBadRequest", std::move(message));
}

Result<std::vector<std::string>> tags_of(const http::Request& request) {
  auto body = read_json_body(request);
  const auto* list = body ? json::find(*body, "tags") : nullptr;
  if (list == nullptr || !list->is_array())
    return bad_request("Invalid input for tags. Reason: 'tags' must be a list of strings.");
  std::vector<std::string> tags;
  for (const auto& tag : list->get_array()) {
    if (!tag.is_string()) return bad_request("Invalid input for tags. Reason: 'tags' must be a list of strings.");
    if (std::ranges::find(tags, std::string_view(tag.get_string())) == tags.end())
      tags.emplace_back(tag.get_string());
  }
  return tags;
}

Result<> check_tags(const std::vector<std::string>& tags) {
  if (tags.size() > kMaxTags)
    return bad_request(fmt::format("The number of tags exceed the per-resource limit of {}", kMaxTags));
  for (const auto& tag : tags) {
    if (tag.empty() || tag.size() > kMaxTag) {
      return bad_request(
          fmt::format("Invalid input for tags. Reason: '{}' is not 1 to {} characters long.", tag, kMaxTag));
    }
  }
  return {};
}

http::Response shown_tags(const std::vector<std::string>& tags) {
  json::Array list;
  for (const auto& tag : tags) list.emplace_back(tag);
  return http::Response::json(200, json::write(json::Object{{"tags", std::move(list)}}));
}

std::unexpected<Error> no_tag(const std::string& tag) {
  return fault(Errc::not_found, "TagNotFound", fmt::format("Tag {} could not be found.", tag));
}

bool is_unset(const json::Value& value) {
  if (value.is_null()) return true;
  if (value.is_bool()) return !value.get_bool();
  if (value.is_string()) return value.get_string().empty();
  if (value.is_array()) return value.get_array().empty();
  return value.is_object() && value.get_object().empty();
}

}  // namespace

Result<> check_revision(const http::Request& request, std::int64_t revision) {
  constexpr std::string_view kKey = "revision_number=";
  auto wanted = trim(request.headers.find("If-Match").value_or(""));
  if (wanted.empty()) return {};
  const auto number = wanted.starts_with(kKey) ? parse_int(wanted.substr(kKey.size())) : std::nullopt;
  if (!number) return bad_request(fmt::format("Bad If-Match header '{}': revision_number=N is offered.", wanted));
  if (*number == revision) return {};
  return fault(Errc::conflict, "RevisionNumberConstraintFailed",
               fmt::format("Constrained to {}, but current revision is {}", *number, revision));
}

Result<std::string> project_for(const Caller& caller, const json::Object& body, std::string_view rule) {
  const auto* project = body.if_contains("project_id");
  if (project == nullptr || project->is_null()) {
    if (caller.project_id.empty()) return bad_request("This token has no project; log in with the scope of one.");
    return caller.project_id;
  }
  if (project->get_string() == caller.project_id || allowed(caller, "network:read_all"))
    return std::string(project->get_string());
  return policy_refuses(rule);
}

std::string text_or(const json::Object& body, std::string_view key, const std::string& otherwise) {
  const auto* value = body.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : otherwise;
}

bool flag_or(const json::Object& body, std::string_view key, bool otherwise) {
  const auto* value = body.if_contains(key);
  return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}

std::vector<std::string> texts_or(const json::Object& body, std::string_view key,
                                  const std::vector<std::string>& otherwise) {
  const auto* value = body.if_contains(key);
  if (value == nullptr) return otherwise;
  std::vector<std::string> items;
  if (!value->is_array()) return items;
  for (const auto& item : value->get_array()) {
    if (item.is_string()) items.emplace_back(item.get_string());
  }
  return items;
}

Result<> refuse_set(const json::Object& body, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    const auto* value = body.if_contains(key);
    if (value == nullptr || is_unset(*value)) continue;
    return fault(Errc::unsupported, "NotImplementedError",
                 fmt::format("The attribute '{}' is not offered by this cloud; leave it out.", key));
  }
  return {};
}

Result<TagChange> change_tags(const Call& call, const std::vector<std::string>& tags, bool one) {
  const auto& method = call.request.method;
  if (!one) {
    if (method == "GET") return TagChange{tags, shown_tags(tags)};
    if (method == "DELETE") return TagChange{{}, http::Response::empty(204)};
    FW_TRY(auto wanted, tags_of(call.request));
    FW_TRY_DO(check_tags(wanted));
    auto response = shown_tags(wanted);
    return TagChange{std::move(wanted), std::move(response)};
  }
  const auto& tag = call.parameter("tag");
  auto changed = tags;
  const auto at = std::ranges::find(changed, tag);
  if (method != "PUT" && at == changed.end()) return no_tag(tag);
  if (method == "DELETE") changed.erase(at);
  if (method == "PUT" && at == changed.end()) changed.push_back(tag);
  FW_TRY_DO(check_tags(changed));
  return TagChange{std::move(changed), http::Response::empty(method == "PUT" ? 201 : 204)};
}

}  // namespace fairway::cloud::network
