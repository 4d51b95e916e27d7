// The stream of messages between a cloud and a gateway, either side: messaging/channel.h with the messages of this link.
#pragma once

#include "gateway_link/messages.h"
#include "messaging/channel.h"

namespace fairway::gateway_link {

using Channel = messaging::Channel<Message>;
using Acceptor = messaging::Acceptor;
inline constexpr auto& connect = messaging::connect<Message>;
inline constexpr auto& accept = messaging::accept<Message>;

}  // namespace fairway::gateway_link
