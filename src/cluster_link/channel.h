// The stream of messages between a cloud and a cluster driver, either side: messaging/channel.h with the messages of this link.
#pragma once

#include "cluster_link/messages.h"
#include "messaging/channel.h"

namespace fairway::cluster_link {

using Channel = messaging::Channel<Message>;
using Acceptor = messaging::Acceptor;
inline constexpr auto& connect = messaging::connect<Message>;
inline constexpr auto& accept = messaging::accept<Message>;

}  // namespace fairway::cluster_link
