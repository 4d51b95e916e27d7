// Who makes load balancers: the contract between the controller, which knows Kubernetes, and a provider, which knows
// one cloud's API. Level-based: every call may be repeated, and does only what is still missing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "controller/desired.h"
#include "runtime/task.h"

namespace fairway::controller {

// What a Service itself names in the cloud. Beyond what carries our mark, only this may be changed.
struct Claim {
  std::string uid;                     // of the Service
  std::string load_balancer_id;        // annotation
  std::vector<std::string> addresses;  // in its status and annotation
};

// What is known of a load balancer on the way; the address is empty until it is certain.
struct Progress {
  std::string load_balancer_id, address;
};
using OnProgress = std::function<Task<>(Progress)>;

struct Served {
  std::string load_balancer_id;
  std::string address;   // the floating IP, or the VIP when there is none
  bool changed = false;  // anything in the cloud
  std::vector<Notice> notices;
};

class Provider {
 public:
  virtual ~Provider() = default;

  // What desired() needs to know; `with_subnet`: also the nodes' subnet. What it has found it remembers.
  virtual Task<Result<CloudFacts>> facts(bool with_subnet, std::vector<Node> nodes) = 0;

  // Until the load balancer is as wanted, ACTIVE, and its floating IP is associated. `progress` is told as soon as
  // the load balancer exists, beside the waiting. Errors: exhausted, denied, invalid and unsupported need a person.
  virtual Task<Result<Served>> ensure(LoadBalancer wanted, Claim claim, OnProgress progress) = 0;

  // Until nothing of it is left (what others share or a person made stays). Of `wanted`, the names are looked at.
  virtual Task<Result<>> remove(LoadBalancer wanted, Claim claim) = 0;

  // Looks over the cloud and returns the UIDs of the Services whose load balancer is not as it was left.
  virtual Task<Result<std::vector<std::string>>> look_over() = 0;

  // What is being waited for on behalf of a Service, for people; empty: nothing.
  [[nodiscard]] virtual std::string waiting_for(const std::string& uid) const = 0;
};

}  // namespace fairway::controller
