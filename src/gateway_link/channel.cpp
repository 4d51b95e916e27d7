#include "gateway_link/channel.h"

#include "messaging/channel_impl.h"

namespace fairway::messaging {

FAIRWAY_PROTOCOL(gateway_link::Message)

}  // namespace fairway::messaging
