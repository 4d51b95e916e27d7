#include "cloud/model/load_balancer.h"

#include "cloud/model/kind_impl.h"

namespace fairway::cloud {

FAIRWAY_CLOUD_KIND(LoadBalancer)
FAIRWAY_CLOUD_KIND(Listener)
FAIRWAY_CLOUD_KIND(Pool)
FAIRWAY_CLOUD_KIND(Member)
FAIRWAY_CLOUD_KIND(HealthMonitor)
FAIRWAY_CLOUD_KIND(LoadBalancerQuota)
FAIRWAY_CLOUD_KIND(ListenerCounters)

}  // namespace fairway::cloud
