// The store on one machine: an SQLite file in WAL mode.
//
// A thread of its own does all the disk's work. While it waits for one fsync, the transactions that come meanwhile
// queue; they are then committed together, in one SQLite transaction with one fsync, each with its own revision
// (group commit). An answer is given only after that fsync, and watches see a change only then.
//
// The file and its companions (-wal, .lock) are for their owner alone (mode 0600): they hold password hashes. What an
// operator should know of it is in docs/formats/store.md.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "runtime/env.h"
#include "store/change_log.h"
#include "store/store.h"

namespace fairway::store::sqlite {

enum class Sync {
  full,  // durable before acknowledged: the contract
  off,   // survives the death of the process, not that of the machine: for measuring what the disk costs
};

struct SqliteConfig {
  std::string path;         // made if absent, its folder is not
  LogLimits log_keep = {};  // how far back watches reach
  Sync sync = Sync::full;
  std::string vfs = {};  // the name of a registered SQLite VFS; empty: the operating system's files
};

// Blocks while it brings the schema up to date, checks the file and reads the log: for the start, before the loop
// serves. `context` and `env` outlive the store, whose destructor carries out what was asked for before.
// Errors: conflict (another process owns it; named), unsupported (written by a newer Fairway, or no store), internal
// (the file is damaged), denied, unavailable.
[[nodiscard]] Result<std::unique_ptr<Store>> open(boost::asio::io_context& context, Env& env, SqliteConfig config);

}  // namespace fairway::store::sqlite
