// The store on several machines: an etcd cluster (3.4 or later), spoken to over its JSON gateway.
//
// Each transaction is one of etcd's, acknowledged when a majority has it on disk; one is under way at a time. The marker
// (messages.h) makes each happen once, so one whose answer was lost is simply sent again, to whichever endpoint answers,
// for as long as it takes: while etcd is away, writes wait. Only these are failures, and sticky: another process took the store over, etcd lost what it had acknowledged,
// or it refuses a transaction.
//
// Watches are served from memory, out of the answers; etcd's own history is read when the store is opened, and cut
// to what the log reaches back to.
//
// What an operator should know of it is in docs/formats/store.md.
#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "runtime/env.h"
#include "store/etcd/config.h"
#include "store/store.h"

namespace fairway::store::etcd {

// `context` and `env` outlive the store, whose destructor lets what was asked for before go on; the ownership is given
// up after that. While etcd is away writes wait, reachable() says why, and an empty transaction behind others is refused
// with that. Errors: conflict (another process owns it; named), unsupported (written by a newer Fairway), invalid
// (the configuration), denied, unauthenticated, unavailable.
[[nodiscard]] Task<Result<std::unique_ptr<Store>>> open(boost::asio::io_context& context, Env& env,
                                                        EtcdConfig config);

}  // namespace fairway::store::etcd
