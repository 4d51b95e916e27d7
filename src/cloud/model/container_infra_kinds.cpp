#include "cloud/model/container_infra.h"

#include "cloud/model/kind_impl.h"

namespace fairway::cloud {

FAIRWAY_CLOUD_KIND(ClusterTemplate)
FAIRWAY_CLOUD_KIND(Cluster)
FAIRWAY_CLOUD_KIND(NodeGroup)
FAIRWAY_CLOUD_KIND(ClusterFacts)
FAIRWAY_CLOUD_KIND(ClusterQuota)

}  // namespace fairway::cloud
