// The cells that `kubectl get` shows for each kind, in the order of the kind's columns (wide ones included). Pure.
#pragma once

#include "base/clock.h"
#include "json/value.h"

namespace fairway::kube_api {

json::Array pod_cells(const json::Object& pod, WallTime now);
json::Array service_cells(const json::Object& service, WallTime now);
json::Array node_cells(const json::Object& node, WallTime now);
json::Array namespace_cells(const json::Object& ns, WallTime now);
json::Array endpoints_cells(const json::Object& endpoints, WallTime now);
json::Array endpoint_slice_cells(const json::Object& slice, WallTime now);
json::Array event_cells(const json::Object& event, WallTime now);
json::Array secret_cells(const json::Object& secret, WallTime now);
json::Array config_map_cells(const json::Object& map, WallTime now);
json::Array service_account_cells(const json::Object& account, WallTime now);
json::Array lease_cells(const json::Object& lease, WallTime now);
json::Array deployment_cells(const json::Object& deployment, WallTime now);
json::Array replica_set_cells(const json::Object& set, WallTime now);
json::Array scale_cells(const json::Object& scale, WallTime now);

// "3m10s" since that time, "<unknown>" when there is none.
std::string age_since(std::string_view time, WallTime now);

}  // namespace fairway::kube_api
