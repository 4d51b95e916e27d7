#include "cloud/model/network.h"

#include "cloud/model/kind_impl.h"

namespace fairway::cloud {

FAIRWAY_CLOUD_KIND(Network)
FAIRWAY_CLOUD_KIND(Subnet)
FAIRWAY_CLOUD_KIND(Port)
FAIRWAY_CLOUD_KIND(Router)
FAIRWAY_CLOUD_KIND(FloatingIp)
FAIRWAY_CLOUD_KIND(SecurityGroup)
FAIRWAY_CLOUD_KIND(NetworkQuota)

}  // namespace fairway::cloud
