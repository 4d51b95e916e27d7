// One owner for each store: a key under a lease says who it is, and the marker that the owner sets keeps every write of
// those before it from being carried out (messages.h).
//
// An owner that died leaves its key until the lease ends. A process on the same machine sees that it is dead and
// takes over at once; on another it waits for the lease.
#pragma once

#include <memory>

#include <boost/describe.hpp>

#include "runtime/env.h"
#include "store/etcd/endpoints.h"
#include "store/etcd/messages.h"

namespace fairway::store::etcd {

// As it stands in the owner's key.
struct OwnerRecord {
  std::string writer;  // an id of its own for each opening
  std::string host;    // for people
  std::string boot;    // the machine, as long as it runs
  std::string pid_namespace;
  int pid = 0;
  std::uint64_t start_ticks = 0;
  bool operator==(const OwnerRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(OwnerRecord, (), (writer, host, boot, pid_namespace, pid, start_ticks))

enum class OwnerState { dead, alive, this_process, elsewhere };
// What can be told of another owner from here.
[[nodiscard]] OwnerState judge(const OwnerRecord& owner, const OwnerRecord& self);

struct Ownership {
  std::string writer;
  std::string owner_text;
  std::int64_t lease = 0;
  Revision since = 0;  // the revision of taking over
};

// Waits at most config.patience for etcd to answer, for a dead owner's lease to end, and for another store of this
// process to be given up. Errors: conflict (it is owned; by whom), unsupported (a newer Fairway's), as Endpoints.
[[nodiscard]] Task<Result<Ownership>> take_ownership(Endpoints& etcd, Env& env, EtcdConfig config, Names names);

// Keeps the lease alive once; a lease that ended is replaced by a new one as long as nobody else took the store.
// Errors: conflict (somebody did), as Endpoints.
[[nodiscard]] Task<Result<>> renew_ownership(Endpoints& etcd, Env& env, EtcdConfig config, Names names,
                                             Ownership& held);

// Another process may own it at once.
[[nodiscard]] Task<Result<>> release_ownership(Endpoints& etcd, std::int64_t lease);

}  // namespace fairway::store::etcd
