// The store that a role's configuration names: one file on this machine, or an etcd cluster.
//
//   store: {path: /var/lib/fairway/cloud.db}
//   store: {etcd: {endpoints: ["https://10.0.0.11:2379"], ca_file: …, certificate_file: …, key_file: …, prefix: …}}
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/reader.h"
#include "http/ops.h"
#include "runtime/env.h"
#include "store/etcd/config.h"
#include "store/store.h"

namespace fairway::app {

struct StoreConfig {
  std::string path;  // or:
  std::optional<store::etcd::EtcdConfig> etcd;
};

// The section `store`; `role_word` ends the prefix of an etcd store that names none: "/fairway/cloud/".
[[nodiscard]] StoreConfig read_store_config(config::Section& root, std::string_view role_word);

// Makes the folder that is to hold `path`, with its parents, where there is none; one that is there stays as it is.
[[nodiscard]] Result<> make_folder_for(const std::string& path, unsigned mode);

// A file's folder is made where there is none. Errors: as the backends' open().
[[nodiscard]] Task<Result<std::unique_ptr<store::Store>>> open_store(boost::asio::io_context& context, Env& env,
                                                                     StoreConfig config);

// The role is not ready while its store cannot be written; `store` lives as long as anybody asks.
void watch_store(http::Readiness& readiness, const store::Store& store);

}  // namespace fairway::app
