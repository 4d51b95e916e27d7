// explain(): from what both APIs show to the steps of a Service's way, each done, waiting or failed, with what it
// waits for and what would help. Pure; gather() beside it reads the APIs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/config.h"
#include "openstack/client.h"

namespace fairway::controller {

struct Gathered {
  std::string key;                     // "web/shop"
  std::optional<json::Value> service;  // absent: there is none, or it could not be read
  std::string kubernetes_error;        // why the API could not be read
  std::vector<json::Value> events;     // of the Service
  std::vector<json::Value> slices;     // of the Service
  std::optional<json::Value> lease;    // the controller's; absent: there is none
  bool lease_expected = true;
  WallTime now{};
  bool enabled = true;    // by the configuration
  bool has_login = true;  // to a cloud
  std::string disabled_remedy;
  std::string our_class;     // beside Services without a class
  bool internal_lb = false;  // by the configuration: no floating IPs by themselves
  std::string login_file;    // where the login to the cloud stands
  ProviderKind provider = ProviderKind::octavia;
  std::string cloud_error;  // why the cloud could not be read
  Errc cloud_error_code = Errc::unavailable;
  // As Octavia shows it, whichever API it was read from.
  std::optional<json::Value> load_balancer;
  json::Value status_tree;                // its /status; null when not read
  std::vector<json::Value> floating_ips;  // at its VIP's port
};

struct ExplainStep {
  enum class State { done, waiting, failed, not_needed };
  State state = State::waiting;
  std::string what;    // "Load balancer"
  std::string detail;  // "0a1b… is ACTIVE"
  std::string help;    // what would help; empty when nothing need be done
  friend bool operator==(const ExplainStep&, const ExplainStep&) = default;
};

// In the order of the way; after a step that stops it the later ones say that they wait for it.
[[nodiscard]] std::vector<ExplainStep> explain(const Gathered& gathered);
// For a terminal: one step a line, help below it.
[[nodiscard]] std::string render(const std::vector<ExplainStep>& steps);
// In one line: "serving at 172.24.4.50", or the first step that is not done and why.
[[nodiscard]] std::string summary(const std::vector<ExplainStep>& steps);
// Whether all is well: nothing waits, nothing has failed.
[[nodiscard]] bool all_done(const std::vector<ExplainStep>& steps);

struct ServiceName {
  std::string ns, name;
};
// Reads what explain() needs. `cloud` null: the feature is disabled. Nothing is changed.
Task<Gathered> gather(Env& env, kube::Client& kube, openstack::Client* cloud, const ControllerConfig& config,
                      ServiceName service);

// The cloud's part of it where the provider is LBaaS v1.
Task<Result<>> gather_lbaas_v1(openstack::Client& cloud, Gathered& to);

}  // namespace fairway::controller
