// The steps that the handlers of all load-balancing objects share: read, decide, write, show.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cloud/api/policy.h"
#include "cloud/api/wsme.h"
#include "cloud/load_balancer/api_routes.h"
#include "cloud/load_balancer/decision.h"

namespace fairway::cloud {

// One kind of object in this API.
template <class T>
struct Resource {
  std::string_view root;                              // "listener"
  std::string_view collection;                        // "listeners"
  std::string_view argument;                          // "listener_": Octavia's name for the body in its errors
  std::vector<std::string_view> attributes;           // that lists can be filtered and sorted by
  std::function<json::Object(const T&)> hidden = {};  // more of them, which are not shown
};

using Make = std::function<Result<std::string>(const Decision&, const json::Object&)>;
using Remove = std::function<Result<>(const Decision&)>;

struct Handlers {
  ApiContext& context;
  Gateways& gateways;

  [[nodiscard]] View view() const { return {context.ledger.state(), gateways.facts()}; }

  template <class T>
  [[nodiscard]] Result<http::Response> get(const Call& call, const Resource<T>& resource, std::string_view id) const {
    FW_TRY(const auto* object, find_readable<T>(context.ledger.state(), call.caller, id));
    return rooted(200, resource.root, select_fields(call.request, view().show(*object)));
  }

  // `objects` is what the list is of; whom the caller may not see is left out.
  template <class T, class Objects>
  [[nodiscard]] Result<http::Response> list(const Call& call, const Resource<T>& resource,
                                            const Objects& objects) const {
    const auto scope = scope_for(call.caller, "load_balancer:read_all");
    std::vector<ListItem> items;
    for (const T* object : objects) {
      if (!scope.sees(object->project_id) || is_filtered_out(call.request, *object)) continue;
      items.push_back({view().show(*object), resource.hidden ? resource.hidden(*object) : json::Object()});
    }
    const ListRules rules{.api = Api::octavia,
                          .collection = resource.collection,
                          .attributes = resource.attributes,
                          .default_sort = "created_at",
                          .max_limit = 1000};
    return listed(context, call, rules, std::move(items));
  }

  template <class T>
  [[nodiscard]] Result<http::Response> list_all(const Call& call, const Resource<T>& resource) const {
    std::vector<const T*> objects;
    for (const auto& [id, row] : context.ledger.state().table<T>().rows()) objects.push_back(row.object.get());
    return list(call, resource, objects);
  }

  // Reads the body, decides, and shows the object as the decision left it: pending.
  template <class T>
  [[nodiscard]] Task<Result<http::Response>> make(Call& call, int status, const Resource<T>& resource,
                                                  WsmeRules rules, Make decide) const {
    FW_CO_TRY(const auto request, read_wsme(call.request.body, resource.argument, resource.root, rules));
    auto made = co_await context.ledger.change<json::Object>([&](Work& work) -> Result<json::Object> {
      FW_TRY(const auto id, decide(Decision{work, context.env, call.caller}, request));
      return View{work.state(), gateways.facts()}.show(*work.find<T>(id));
    });
    if (!made) co_return std::unexpected(std::move(made).error());
    co_return rooted(status, resource.root, *std::move(made));
  }

  [[nodiscard]] Task<Result<http::Response>> remove(Call& call, int status, Remove decide) const {
    const auto done = co_await context.ledger.change<bool>([&](Work& work) -> Result<bool> {
      FW_TRY_DO(decide(Decision{work, context.env, call.caller}));
      return true;
    });
    if (!done) co_return std::unexpected(done.error());
    co_return http::Response::empty(status);
  }

 private:
  // The filters that clients use most, before anything is shown: a name or an id among thousands costs no views.
  static bool is_filtered_out(const http::Request& request, const LbAttributes& object) {
    const auto differs = [&](std::string_view key, std::string_view value) {
      const auto wanted = request.query.all(key);
      return wanted.size() == 1 && wanted.front() != value;
    };
    return differs("id", object.id) || differs("name", object.name) || differs("project_id", object.project_id);
  }
};

}  // namespace fairway::cloud
