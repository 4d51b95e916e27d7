// The three things that the controller writes on a Service, each as one patch that leaves the rest of it alone.
#pragma once

#include "controller/service.h"
#include "kube/client.h"
#include "runtime/env.h"

namespace fairway::controller {

class KubeWriter {
 public:
  explicit KubeWriter(kube::Client& client) : client_(client) {}

  // Each returns the object as it then is. Errors: not_found, when the Service is gone; conflict or invalid, when
  // another has its name (each patch names the UID).
  Task<Result<json::Value>> add_finalizer(json::Value object);
  // Empty address: only the id is written.
  Task<Result<json::Value>> annotate(json::Value object, std::string load_balancer_id, std::string address);
  Task<Result<json::Value>> set_status(json::Value object, json::Value load_balancer);
  // Takes off what we wrote: of a Service in deletion the finalizer, of one that lives the annotations and the status
  // too.
  Task<Result<json::Value>> clean(json::Value object);

 private:
  kube::Client& client_;

  Task<Result<json::Value>> patch_finalizers(json::Value object, bool ours, bool annotations);
};

}  // namespace fairway::controller
