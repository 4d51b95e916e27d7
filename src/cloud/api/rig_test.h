// For tests of the cloud's APIs: a router over a ledger over a store in memory, without a socket.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

#include "cloud/api/context.h"
#include "http/router.h"
#include "json/value.h"
#include "testing/env.h"
#include "testing/memory_store.h"

namespace fairway::cloud {

// A token is the name of a caller.
class NamedTokens final : public TokenVerifier {
 public:
  void add(const std::string& name, const std::string& project, std::vector<std::string> roles) {
    Caller caller{.user_id = "user-" + name, .user_name = name, .project_id = project, .project_name = project};
    caller.roles = std::move(roles);
    caller.is_admin = caller.has_role("admin");
    callers_[name] = std::move(caller);
  }
  [[nodiscard]] Result<Caller> verify(std::string_view token) const override {
    const auto at = callers_.find(std::string(token));
    if (at == callers_.end())
      return fail(Errc::unauthenticated, "The request you have made requires authentication.");
    return at->second;
  }

 private:
  std::map<std::string, Caller> callers_;
};

struct ApiAnswer {
  int status = 0;
  json::Value body;
  std::string text;
  http::Headers headers;

  // By path ("network.id", "networks.0.name"); text as it is, anything else as JSON; "(absent)".
  [[nodiscard]] std::string at(std::string_view path) const {
    const json::Value* value = &body;
    while (!path.empty() && value != nullptr) {
      const auto dot = path.find('.');
      const auto key = path.substr(0, dot);
      if (const auto* array = value->if_array()) {
        const auto index = std::stoul(std::string(key));
        value = index < array->size() ? &(*array)[index] : nullptr;
      } else {
        value = value->is_object() ? value->get_object().if_contains(key) : nullptr;
      }
      path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    }
    if (value == nullptr) return "(absent)";
    return value->is_string() ? std::string(value->get_string()) : json::write(*value);
  }
};

// The store and its loop first, then what lives on them.
class ApiRig {
 public:
  ApiRig() : ledger(testing::run_on(io, Ledger::open(store, env.env)).value()) {
    tokens.add("admin", "p-admin", {"admin", "member", "reader"});
    tokens.add("demo", "p-demo", {"member", "reader"});
    tokens.add("other", "p-other", {"member", "reader"});
    tokens.add("reader", "p-demo", {"reader"});
    tokens.add("nobody", "p-demo", {"something"});
  }
  ApiRig(const ApiRig&) = delete;
  ApiRig& operator=(const ApiRig&) = delete;

  template <class T>
  T run(Task<T> task) {
    return testing::run_on(io, std::move(task));
  }

  ApiAnswer send(http::Request request) {
    const auto question = request.target.find('?');
    request.path = request.target.substr(0, question);
    if (question != std::string::npos) request.query = http::Query::parse(request.target.substr(question + 1));
    auto response = run(router.dispatch(request));
    ApiAnswer answer{response.status, {}, response.body, response.headers};
    if (auto body = json::parse(response.body)) answer.body = *std::move(body);
    return answer;
  }
  ApiAnswer call(std::string_view as, std::string_view method, std::string target, std::string body = {},
                 std::initializer_list<std::pair<std::string, std::string>> headers = {}) {
    http::Request request;
    request.method = method;
    request.target = std::move(target);
    request.body = std::move(body);
    if (!as.empty()) request.headers.set("X-Auth-Token", std::string(as));
    for (const auto& [name, value] : headers) request.headers.set(name, value);
    return send(std::move(request));
  }

  testing::TestEnv env;  // outlives the waiting coroutines that io destroys
  boost::asio::io_context io;
  store::memory::MemoryStore store{io};
  std::unique_ptr<Ledger> ledger;
  NamedTokens tokens;
  ApiContext context{*ledger, env.env, tokens, "http://cloud.test"};
  http::Router router;
};

}  // namespace fairway::cloud
