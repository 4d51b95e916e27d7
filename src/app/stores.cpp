#include "app/stores.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "dataplane/files.h"
#include "store/etcd/etcd_store.h"
#include "store/sqlite/sqlite_store.h"

namespace fairway::app {
namespace {

using namespace std::chrono_literals;

bool is_origin(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://") || text.starts_with("unix:");
}

store::etcd::EtcdConfig read_etcd(config::Section section, std::string_view role_word) {
  store::etcd::EtcdConfig config;
  config.prefix = fmt::format("/fairway/{}/", role_word);
  section.read("endpoints", config.endpoints);
  section.read("ca_file", config.tls.ca_file);
  section.read("certificate_file", config.tls.certificate_file);
  section.read("key_file", config.tls.key_file);
  section.read("server_name", config.tls.server_name);
  section.read("prefix", config.prefix);
  section.read("lease", config.lease);
  section.read("compact", config.compact);
  section.read("max_transaction_operations", config.max_transaction_operations, {.min = 16, .max = 100'000});
  section.read("max_request_bytes", config.max_request_bytes, {.min = 65'536, .max = 1 << 30});
  if (config.endpoints.empty()) section.problem("endpoints", "name at least one, such as http://127.0.0.1:2379");
  for (const auto& endpoint : config.endpoints) {
    if (!is_origin(endpoint)) section.problem("endpoints", endpoint + " does not begin with http:// or https://");
  }
  const auto& prefix = config.prefix;
  if (!prefix.starts_with('/') || !prefix.ends_with('/') || prefix.size() < 3) {
    section.problem("prefix", "it must begin and end with a slash and have a name between them");
  }
  if (config.lease < 5s) section.problem("lease", "shorter than 5s a busy machine would lose its store");
  if (config.tls.certificate_file.empty() != config.tls.key_file.empty()) {
    section.problem("certificate_file", "certificate_file and key_file go together");
  }
  section.finish();
  return config;
}

}  // namespace

StoreConfig read_store_config(config::Section& root, std::string_view role_word) {
  config::Section section = root.section("store");
  StoreConfig config;
  if (section.has("etcd")) {
    if (section.has("path")) section.problem("path", "a store is a file or in etcd; leave one of path and etcd out");
    section.read("path", config.path);
    config.etcd = read_etcd(section.section("etcd"), role_word);
  } else {
    section.require("path", config.path);
  }
  section.finish();
  return config;
}

Result<> make_folder_for(const std::string& path, unsigned mode) {
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  if (folder.empty() || std::filesystem::exists(folder, ignored)) return {};
  return dataplane::make_directory(folder.string(), mode);
}

Task<Result<std::unique_ptr<store::Store>>> open_store(boost::asio::io_context& context, Env& env,
                                                       StoreConfig config) {
  if (config.etcd) return store::etcd::open(context, env, std::move(*config.etcd));
  return [](boost::asio::io_context& on, Env& with, std::string path) -> Task<Result<std::unique_ptr<store::Store>>> {
    FW_CO_TRY_DO(make_folder_for(path, 0700));
    co_return store::sqlite::open(on, with, {.path = std::move(path)});
  }(context, env, std::move(config.path));
}

void watch_store(http::Readiness& readiness, const store::Store& store) {
  readiness.watch("store", [&store]() -> Result<> {
    FW_TRY_DO(store.healthy());
    return store.reachable();
  });
}

}  // namespace fairway::app
