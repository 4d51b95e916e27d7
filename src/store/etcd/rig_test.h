// What the tests of this folder share: one etcd for the whole program, each test below a prefix of its own.
#pragma once

#include <string>

#include "store/etcd/etcd_store.h"
#include "testing/etcd.h"

namespace fairway::store::etcd {

// Real time: what is waited for is another process.
Env& shared_env();
testing::EtcdServer& shared_etcd();
[[nodiscard]] EtcdConfig shared_config(std::string prefix);
[[nodiscard]] std::string make_prefix();
// As a process would that takes the store over.
void write_marker(const std::string& prefix, const std::string& writer);

}  // namespace fairway::store::etcd
