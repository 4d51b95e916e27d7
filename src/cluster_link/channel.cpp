#include "cluster_link/channel.h"

#include "messaging/channel_impl.h"

namespace fairway::messaging {

FAIRWAY_PROTOCOL(cluster_link::Message)

}  // namespace fairway::messaging
