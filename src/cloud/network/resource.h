// One kind of Neutron object behind the five calls that all kinds have, and their tags:
//
//   GET /v2.0/<path>   POST /v2.0/<path> (one or many)   GET, PUT, DELETE /v2.0/<path>/{id}   …/{id}/tags[/{tag}]
//
// What differs is in a Resource: which attributes, who sees it, how it is made, changed and removed. Common to all:
// scope, revision_number with If-Match, filters, quotas' errors, and what is not visible is not there (404).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/strings.h"
#include "cloud/api/answer.h"
#include "cloud/api/attributes.h"
#include "cloud/api/context.h"
#include "cloud/api/listing.h"
#include "cloud/api/policy.h"
#include "cloud/api/routes.h"
#include "cloud/network/ports.h"
#include "cloud/network/views.h"

namespace fairway::cloud::network {

// One request's decision: what the functions of a Resource work with.
struct Change {
  Work& work;
  Env& env;
  const Caller& caller;
  Scope scope;
};

template <class T>
struct Resource {
  std::string_view root, collection, path;  // "security_group", "security_groups", "security-groups"
  std::string_view missing_type;            // "NetworkNotFound"
  std::string_view missing_text;            // "Network {} could not be found."
  std::vector<AttributeRule> rules;
  std::vector<std::string_view> more_filters = {};  // beyond the rules and the standard attributes
  // Around the list, where something must be there before (a project's default security group).
  std::function<Task<Result<http::Response>>(Call&, PlainHandler)> before_list = {};
  std::function<bool(const State&, const T&, const Scope&)> visible;
  std::function<Result<T>(Change&, const json::Object&)> create;
  std::function<Result<T>(Change&, const T&, const json::Object&)> update;
  std::function<Result<>(Change&, const T&)> remove;
  // A change is answered when packets go by it: who is told of a floating IP uses it at once.
  bool answered_in_force = false;
};

[[nodiscard]] inline std::unexpected<Error> policy_refuses(std::string_view rule) {
  return fault(Errc::denied, "PolicyNotAuthorized", fmt::format("(rule:{}) is disallowed by policy", rule));
}

// If-Match: revision_number=N
[[nodiscard]] Result<> check_revision(const http::Request& request, std::int64_t revision);

// The project that a new object belongs to: the caller's, or the one that an administrator names.
[[nodiscard]] Result<std::string> project_for(const Caller& caller, const json::Object& body, std::string_view rule);

// What the checked body says, or what was there before.
[[nodiscard]] std::string text_or(const json::Object& body, std::string_view key, const std::string& otherwise);
[[nodiscard]] bool flag_or(const json::Object& body, std::string_view key, bool otherwise);
[[nodiscard]] std::vector<std::string> texts_or(const json::Object& body, std::string_view key,
                                                const std::vector<std::string>& otherwise);
// Attributes that we know and do not offer may be there only as null, empty or false. Error: names the first that is
// more.
[[nodiscard]] Result<> refuse_set(const json::Object& body, std::initializer_list<std::string_view> keys);

// PUT, GET, DELETE on …/tags and …/tags/{tag}: the tags after the call, and the answer.
struct TagChange {
  std::vector<std::string> tags;
  http::Response response;
};
[[nodiscard]] Result<TagChange> change_tags(const Call& call, const std::vector<std::string>& tags, bool one);

template <class T>
class ResourceRoutes {
 public:
  ResourceRoutes(ApiContext& context, Resource<T> resource) : context_(context), resource_(std::move(resource)) {
    filters_ = {"id",         "name",      "project_id", "tenant_id", "description", "status", "revision_number",
                "created_at", "updated_at"};
    for (const auto& rule : resource_.rules) filters_.push_back(rule.name);
    filters_.insert(filters_.end(), resource_.more_filters.begin(), resource_.more_filters.end());
  }

  // The handlers share ownership of what they run on.
  static void add(Routes& routes, ApiContext& context, Resource<T> resource) {
    auto self = std::make_shared<const ResourceRoutes>(context, std::move(resource));
    const auto all = fmt::format("/v2.0/{}", self->resource_.path), one = all + "/{id}";
    routes.add("GET", all, "network:read", [self](Call& call) { return self->list_all(call); });
    routes.add_plain("GET", one, "network:read", [self](Call& call) { return self->show_one(call); });
    routes.add("POST", all, "network:write", [self](Call& call) { return self->create(call); });
    routes.add("PUT", one, "network:write", [self](Call& call) { return self->update(call); });
    routes.add("DELETE", one, "network:write", [self](Call& call) { return self->remove(call); });
    routes.add_plain("GET", one + "/tags", "network:read",
                     [self](Call& call) { return self->show_tags(call, false); });
    routes.add_plain("GET", one + "/tags/{tag}", "network:read",
                     [self](Call& call) { return self->show_tags(call, true); });
    for (const auto* method : {"PUT", "DELETE"}) {
      routes.add(method, one + "/tags", "network:write", [self](Call& call) { return self->tag(call, false); });
      routes.add(method, one + "/tags/{tag}", "network:write", [self](Call& call) { return self->tag(call, true); });
    }
  }

 private:
  [[nodiscard]] const State& state() const { return context_.ledger.state(); }
  [[nodiscard]] static Scope scope(const Call& call) { return scope_for(call.caller, "network:read_all"); }

  [[nodiscard]] std::unexpected<Error> missing(std::string_view id) const {
    return fault(Errc::not_found, resource_.missing_type, fmt::format(fmt::runtime(resource_.missing_text), id));
  }
  [[nodiscard]] Result<const T*> find_visible(const State& state, std::string_view id, const Scope& scope) const {
    const auto* object = state.find<T>(id);
    if (object == nullptr || !resource_.visible(state, *object, scope)) return missing(id);
    return object;
  }
  // Seen by many, changed by its owner.
  [[nodiscard]] Result<const T*> find_own(const State& state, const Call& call, std::string_view verb) const {
    FW_TRY(const auto* object, find_visible(state, call.parameter("id"), scope(call)));
    if (!scope(call).sees(object->project_id)) return policy_refuses(fmt::format("{}_{}", verb, resource_.root));
    FW_TRY_DO(check_revision(call.request, object->revision_number));
    return object;
  }

  [[nodiscard]] json::Object shown(const Call& call, const T& object) const {
    return show(state(), object, scope(call).all);
  }
  [[nodiscard]] http::Response answer(const Call& call, int status, const T& object) const {
    return rooted(status, resource_.root, select_fields(call.request, shown(call, object)));
  }

  Task<Result<http::Response>> list_all(Call& call) const {
    const PlainHandler plain = [this](Call& asked) { return list(asked); };
    if (!resource_.before_list) co_return plain(call);
    auto response = co_await resource_.before_list(call, plain);
    co_return response;
  }

  Result<http::Response> list(Call& call) const {
    std::vector<ListItem> items;
    const auto add = [&](const T& object) {
      if (resource_.visible(state(), object, scope(call))) items.push_back({shown(call, object)});
    };
    // Clients resolve names and follow ids all the time: those go by the index.
    const auto ids = call.request.query.all("id");
    const auto name = call.request.query.find("name");
    if (ids.size() == 1) {
      if (const auto* object = state().template find<T>(ids.front())) add(*object);
    } else if (name && !name->empty() && call.request.query.all("name").size() == 1 && has_name_index()) {
      for (const auto* object : state().template table<T>().find_by("name", *name)) add(*object);
    } else {
      for (const auto& [id, row] : state().template table<T>().rows()) add(*row.object);
    }
    const ListRules rules{.api = Api::neutron, .collection = resource_.collection, .attributes = filters_};
    const auto self = fmt::format("{}/network/v2.0/{}", context_.public_url, resource_.path);
    FW_TRY(const auto page, list_page(call.request, rules, std::move(items), self));
    return http::Response::json(200, json::write(page));
  }
  [[nodiscard]] static bool has_name_index() {
    const auto keys = T{}.indexed();
    return std::ranges::any_of(keys, [](const auto& key) { return key.first == "name"; });
  }

  Result<http::Response> show_one(Call& call) const {
    FW_TRY(const auto* object, find_visible(state(), call.parameter("id"), scope(call)));
    return answer(call, 200, *object);
  }

  Task<Result<http::Response>> create(Call& call) const {
    FW_CO_TRY(auto body, read_neutron_bulk_body(call.request, resource_.root, resource_.collection, resource_.rules));
    auto done = co_await context_.ledger.change<std::vector<T>>([&](Work& work) -> Result<std::vector<T>> {
      std::vector<T> made;
      Change change{work, context_.env, call.caller, scope(call)};
      for (const auto& object : body.objects) {
        FW_TRY(auto one, resource_.create(change, object));
        made.push_back(std::move(one));
      }
      return made;
    });
    if (!done) co_return std::unexpected(std::move(done).error());
    co_await in_force();
    if (!body.bulk) co_return answer(call, 201, done->front());
    json::Array list;
    for (const auto& object : *done) list.push_back(shown(call, object));
    co_return rooted(201, resource_.collection, std::move(list));
  }

  Task<Result<http::Response>> update(Call& call) const {
    FW_CO_TRY(auto body, read_neutron_body(call.request, resource_.root, resource_.rules, BodyMethod::put));
    auto done = co_await context_.ledger.change<T>([&](Work& work) -> Result<T> {
      FW_TRY(const auto* before, find_own(work.state(), call, "update"));
      Change change{work, context_.env, call.caller, scope(call)};
      return resource_.update(change, *before, body);
    });
    if (!done) co_return std::unexpected(std::move(done).error());
    co_await in_force();
    co_return answer(call, 200, *done);
  }

  Task<Result<http::Response>> remove(Call& call) const {
    auto done = co_await context_.ledger.change<bool>([&](Work& work) -> Result<bool> {
      FW_TRY(const auto* object, find_own(work.state(), call, "delete"));
      Change change{work, context_.env, call.caller, scope(call)};
      FW_TRY_DO(resource_.remove(change, *object));
      return true;
    });
    if (!done) co_return std::unexpected(std::move(done).error());
    co_await in_force();
    co_return http::Response::empty(204);
  }

  Task<> in_force() const {
    if (resource_.answered_in_force && context_.in_force) co_await context_.in_force();
  }

  Result<http::Response> show_tags(Call& call, bool one) const {
    FW_TRY(const auto* object, find_visible(state(), call.parameter("id"), scope(call)));
    FW_TRY(auto result, change_tags(call, object->tags, one));
    return std::move(result.response);
  }

  Task<Result<http::Response>> tag(Call& call, bool one) const {
    auto done = co_await context_.ledger.change<http::Response>([&](Work& work) -> Result<http::Response> {
      FW_TRY(const auto* before, find_own(work.state(), call, "update"));
      FW_TRY(auto result, change_tags(call, before->tags, one));
      if (result.tags != before->tags) {
        T object = *before;
        object.tags = std::move(result.tags);
        stamp_change(object, context_.env);
        work.put(std::move(object));
      }
      return std::move(result.response);
    });
    co_return done;
  }

  ApiContext& context_;
  Resource<T> resource_;
  std::vector<std::string_view> filters_;
};

}  // namespace fairway::cloud::network
