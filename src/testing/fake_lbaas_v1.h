// Neutron's LBaaS v1 for tests: pools, members, health monitors and VIPs, honest in what a controller trips over:
// attributes that are refused when unknown or immutable, one VIP a pool, what is in use is not deleted, VIPs that take
// their time to come and to go.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "http/message.h"
#include "json/value.h"
#include "runtime/env.h"

namespace fairway::testing {

class FakeLbaasV1 {
 public:
  using Rows = std::vector<json::Object>;
  explicit FakeLbaasV1(Env& env) : env_(env) {}
  [[nodiscard]] http::Response handle(const http::Request& request);

  Duration vip_time = std::chrono::milliseconds(800);  // until a new VIP is ACTIVE, and a deleted one is gone
  bool vip_fails = false;                              // it ends in ERROR

  // "vips", "pools", "members", "health_monitors".
  [[nodiscard]] const Rows& rows(const std::string& collection);
  // As another client would.
  json::Object make(const std::string& collection, json::Object row);
  void vanish(const std::string& collection, const std::string& id);
  [[nodiscard]] std::string address_of_port(const std::string& port_id);

  std::function<void(const std::string& port_id)> on_port_gone;

 private:
  Env& env_;
  std::map<std::string, Rows, std::less<>> rows_;
  std::map<std::string, SteadyTime> due_;  // by VIP
  int next_vip_ = 10;

  void finish_due();
  json::Object* find(std::string_view collection, std::string_view id);
  json::Object shown(const std::string& collection, const json::Object& row);
  http::Response list(const http::Request& request, const std::string& collection);
  http::Response create(const std::string& collection, const json::Object& wanted);
  http::Response update(const std::string& collection, json::Object& row, const json::Object& changes);
  http::Response remove(const std::string& collection, const json::Object& row);
  http::Response association(const http::Request& request, const std::string& pool_id, const std::string& monitor_id,
                             const json::Value& body);
};

}  // namespace fairway::testing
