// A small Kubernetes API for tests, honest in what clients trip over: one revision for all, resourceVersion checked
// on writes, watches that resume, bookmark and expire with 410, finalizers, status subresources, merge patches.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "http/message.h"
#include "json/value.h"
#include "runtime/env.h"
#include "runtime/sync.h"

namespace fairway::testing {

class FakeKubeApi {
 public:
  explicit FakeKubeApi(Env& env) : env_(env) {}

  // To be served: by http::Server, or by make_loopback.
  Task<http::Response> handle(http::Request& request);

  // As another client would. `collection` is "/api/v1/namespaces/web/services"; metadata is completed.
  json::Value put(std::string collection, json::Value object);
  // Merges `patch` into the object (spec, metadata and status alike). Must exist.
  json::Value merge(std::string path, const json::Value& patch);
  // Begins the deletion; an object without finalizers is gone at once.
  void remove(std::string path);
  [[nodiscard]] const json::Value* find(const std::string& path) const;
  // All objects below a path prefix.
  [[nodiscard]] std::vector<json::Value> all(const std::string& prefix) const;

  // Sends every open watch a bookmark.
  void send_bookmarks();
  // Ends every open watch, as a restart of the server does.
  void break_watches();
  // Forgets the past: a watch from before now gets 410.
  void forget_history();

 private:
  struct Change {
    std::int64_t revision;
    std::string type, path;
    json::Value object;
  };

  Env& env_;
  std::int64_t revision_ = 100;
  std::int64_t oldest_ = 100;
  int generation_ = 0;  // of watches; those of older ones end
  int bookmarks_ = 0;
  std::map<std::string, json::Value> objects_;  // by path
  std::deque<Change> changes_;
  Notify changed_;

  http::Response list(const std::string& collection);
  http::Response watch(const std::string& collection, const http::Request& request);
  Task<> stream(std::string collection, std::int64_t from, http::BodyWriter& writer);
  http::Response create(const std::string& collection, json::Value object);
  http::Response write(const std::string& path, const std::string& subresource, json::Value object);
  http::Response patch(const std::string& path, const std::string& subresource, const json::Value& patch);
  json::Value store(const std::string& path, json::Value object, bool is_new);
  void erase(const std::string& path);
};

// A JSON merge patch (RFC 7396).
void merge_patch(json::Value& target, const json::Value& patch);

}  // namespace fairway::testing
