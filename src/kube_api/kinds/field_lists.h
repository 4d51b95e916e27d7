// By which fields objects of a kind can be selected, beside metadata.name and metadata.namespace. Pure. Each gives
// all names, with empty values, for an empty object.
#pragma once

#include "kube_api/kinds/kinds.h"

namespace fairway::kube_api {

Fields namespace_fields(const json::Object& ns);
Fields node_fields(const json::Object& node);
Fields pod_fields(const json::Object& pod);
Fields service_fields(const json::Object& service);
Fields secret_fields(const json::Object& secret);
Fields event_fields(const json::Object& event);  // of the stored (core/v1) form

}  // namespace fairway::kube_api
