// The API for tests: requests in, answers out, over a store in memory and without a socket; with the controllers that
// a test asks for.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include "json/value.h"
#include "kube_api/controllers/controllers.h"
#include "kube_api/object/object_access.h"
#include "kube_api/requests/rest.h"
#include "testing/env.h"
#include "testing/memory_store.h"

namespace fairway::kube_api {

struct Answer {
  int code = 0;
  json::Value body;
};

class ApiTest : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  testing::TestEnv env;
  std::unique_ptr<store::memory::MemoryStore> store = store::memory::make(context);
  KubeApiConfig config;
  std::unique_ptr<Objects> objects;
  std::unique_ptr<ServiceAllocation> allocation;
  std::unique_ptr<Api> api;
  bool ready = true;
  int running_ = 0;

  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr thrown, T value) {
      if (thrown) std::rethrow_exception(thrown);
      result.emplace(std::move(value));
    });
    while (!result) {
      context.restart();
      context.run_one();
    }
    return std::move(*result);
  }

  void begin(const std::string& range = "10.96.0.0/16") {
    config.tokens.push_back({"secret", "admin", {}});
    config.service_cluster_ip_range = range;
    auto loaded = run(Objects::load(env.env, *store));
    ASSERT_TRUE(loaded) << loaded.error().what;
    objects = *std::move(loaded);
    auto ranges = parse_ranges(range, config.node_port_min, config.node_port_max);
    ASSERT_TRUE(ranges);
    allocation = std::make_unique<ServiceAllocation>(*objects, env.random, *ranges);
    api = std::make_unique<Api>(Api{env.env, config, *objects, *allocation});
    ASSERT_TRUE(run(bootstrap(*api, "127.0.0.1", 6443)));
    ask("POST", "/api/v1/namespaces", R"({"metadata":{"name":"web"}})");
    for (const auto* ns : {"web", "default"})
      ask("POST", std::string("/api/v1/namespaces/") + ns + "/serviceaccounts", R"({"metadata":{"name":"default"}})");
  }

  // Runs these controllers beside the API, until the test ends.
  void start(std::initializer_list<Task<> (*)(Api&)> controllers) {
    for (const auto controller : controllers) {
      ++running_;
      boost::asio::co_spawn(context, controller(*api), [this](std::exception_ptr thrown) {
        --running_;
        if (thrown) std::rethrow_exception(thrown);
      });
    }
    settle();
  }

  // Until nothing more happens by itself.
  void settle() {
    do {
      context.restart();
    } while (context.poll() > 0);
  }

  void TearDown() override {
    if (running_ > 0) {
      auto stop = [](Objects& all) -> Task<bool> {
        co_await all.stop();
        co_return true;
      };
      run(stop(*objects));
      settle();
      EXPECT_EQ(running_, 0) << "controllers that do not end";
    }
    objects.reset();
    context.restart();
    context.poll();
  }

  http::Request request(const std::string& method, const std::string& target, const std::string& body,
                        const std::string& type) {
    http::Request request;
    request.method = method;
    request.target = target;
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = http::Query::parse(target.substr(question + 1));
    request.headers.set("Authorization", "Bearer secret");
    request.headers.set("Content-Type", type);
    request.body = body;
    return request;
  }

  Answer ask(const std::string& method, const std::string& target, const std::string& body = "",
             const std::string& type = "application/json") {
    auto asked = request(method, target, body, type);
    const auto response = run(answer(*api, ready, asked));
    auto parsed = json::parse(response.body);
    return {response.status, parsed ? *parsed : json::Value(response.body)};
  }

  std::string message(const std::string& method, const std::string& target, const std::string& body = "",
                      const std::string& type = "application/json") {
    const auto got = ask(method, target, body, type);
    return fmt::format("{} {}", got.code, json::string_or(got.body, "message"));
  }
};

}  // namespace fairway::kube_api
