// Container infrastructure's objects as Magnum shows them.
#pragma once

#include "cloud/container_infra/parts.h"
#include "json/value.h"

namespace fairway::cloud::container_infra {

[[nodiscard]] json::Object show(const InfraParts& parts, const ClusterTemplate& cluster_template);

// `minor`: the request's microversion.
[[nodiscard]] json::Object show(const InfraParts& parts, const Cluster& cluster, std::int64_t minor);
// Why a cluster is as it is: while it waits for a driver that is not there (Drivers::what_is_missing), that.
[[nodiscard]] std::string status_reason(const Cluster& cluster, const std::string& missing_driver);
[[nodiscard]] json::Object show(const InfraParts& parts, const Cluster& cluster, const NodeGroup& group,
                                std::int64_t minor);
// As it stands in a list without details.
[[nodiscard]] json::Object show_briefly(const json::Object& cluster);

// A link of described members to what the API shows: id becomes uuid, stamps get their form.
[[nodiscard]] json::Object show_attributes(json::Object encoded);

}  // namespace fairway::cloud::container_infra
