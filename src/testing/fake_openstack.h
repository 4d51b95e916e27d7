// A small OpenStack for tests: Keystone, Neutron's floating IPs and LBaaS v1, and an Octavia that is honest in what controllers
// trip over: PENDING states that take their time, one lock for each load balancer (409 with Octavia's words),
// attributes that are refused when unknown or immutable, fully populated creates, batch updates of members, cascade
// deletes.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "http/client.h"
#include "http/message.h"
#include "json/value.h"
#include "runtime/env.h"
#include "testing/fake_lbaas_v1.h"
#include "testing/loopback_http.h"

namespace fairway::testing {

// Rows of one collection, in the order of their making.
using Rows = std::vector<json::Object>;

class FakeOctavia {
 public:
  explicit FakeOctavia(Env& env) : env_(env) {}
  Task<http::Response> handle(http::Request& request);

  // How long each kind of work takes.
  Duration create_time = std::chrono::milliseconds(4000);
  Duration update_time = std::chrono::milliseconds(300);
  Duration delete_time = std::chrono::milliseconds(1500);
  bool create_fails = false;  // the load balancer ends in ERROR
  bool refuses_udp = false;   // as a provider without UDP: 501
  int minor_version = 26;

  [[nodiscard]] const Rows& load_balancers();
  [[nodiscard]] const Rows& listeners();
  [[nodiscard]] const Rows& pools();
  [[nodiscard]] const Rows& monitors();
  // "10.0.0.5:30080 10.0.0.6:30080", in order of the request that made them.
  [[nodiscard]] std::string members_of(const std::string& pool_id);
  // As another client would: makes one (its children too) that is ACTIVE at once, changes, or takes away without a
  // trace.
  json::Object make(json::Object load_balancer);
  void vanish(const std::string& load_balancer_id);
  void set_status(const std::string& load_balancer_id, std::string_view status);
  // Somebody else works on it for so long: PENDING_UPDATE, then ACTIVE.
  void keep_busy(const std::string& load_balancer_id, Duration time);
  json::Object* find(std::string_view collection, const std::string& id);
  void forget(std::string_view collection, const std::string& id);

  std::function<void(const std::string& vip_port_id)> on_port_gone;

 private:
  struct Work {
    SteadyTime due;
    std::function<void()> finish;
  };
  Env& env_;
  std::map<std::string, Rows, std::less<>> rows_;  // by collection
  std::map<std::string, Rows> members_;            // by pool
  std::map<std::string, Work> work_;               // by load balancer: it is one at a time
  int next_vip_ = 10;
  int changes_ = 0;

  void finish_due();
  void begin(const std::string& load_balancer_id, std::string_view state, Duration time,
             std::function<void()> finish);
  http::Response lb_request(const http::Request& request, const std::string& id, const json::Value& body);
  http::Response create_lb(const json::Value& body);
  json::Object build_lb(const json::Object& wanted);
  void build_listener(const std::string& lb, const json::Object& wanted);
  std::string build_pool(const std::string& lb, const std::string& listener, const json::Object& wanted);
  void build_monitor(const std::string& pool, const json::Object& wanted);
  json::Object nested(const json::Object& lb);
  http::Response child_request(const http::Request& request, const std::string& collection, const std::string& id,
                               const json::Value& body);
  std::optional<http::Response> refused_listener(const std::string& lb, const json::Object& wanted);
  http::Response create_child(const std::string& collection, const json::Object& wanted);
  http::Response members_request(const http::Request& request, const std::string& pool_id, const json::Value& body);
  std::string lb_of(std::string_view collection, const std::string& id);
  void drop(std::string_view collection, const std::string& id);
  http::Response list(const http::Request& request, const std::string& collection);
  json::Object shown(const std::string& collection, const json::Object& row);
};

class FakeOpenStack {
 public:
  explicit FakeOpenStack(Env& env);

  FakeOctavia octavia;
  FakeLbaasV1 lbaas_v1;
  // Every request to any of the services; Keystone's begin "POST /v3".
  Wire wire;
  Rows floating_ips;
  Rows networks, subnets, ports;
  bool floating_ips_exhausted = false;

  // For openstack::make_client.
  [[nodiscard]] std::function<Result<std::unique_ptr<http::Client>>(http::ClientConfig)> connect();
  // Every token given so far is refused from now on.
  void revoke_tokens() { valid_tokens_.clear(); }
  [[nodiscard]] int logins() const { return logins_; }
  // As a person does: a floating IP of the project, not associated.
  json::Object& allocate_floating_ip(const std::string& address);

 private:
  Env& env_;
  std::set<std::string, std::less<>> valid_tokens_;
  int logins_ = 0;
  int next_floating_ = 50;

  http::Handler handler_of(std::string_view origin);
  Task<http::Response> keystone(http::Request& request);
  Task<http::Response> neutron(http::Request& request);
  http::Response floating_ip_request(const http::Request& request, const std::string& id, const json::Value& body);
  http::Response create_floating_ip(const json::Object& wanted);
  http::Response update_floating_ip(json::Object& row, const json::Object& wanted);
  [[nodiscard]] bool knows(const http::Request& request) const;
  [[nodiscard]] std::string fixed_address(const std::string& port_id);
};

}  // namespace fairway::testing
