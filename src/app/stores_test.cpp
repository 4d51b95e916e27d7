#include "app/stores.h"

#include <gtest/gtest.h>

namespace fairway::app {
namespace {

struct StoreCase {
  std::string yaml;
  std::string told;  // what is configured, or the problems
};

std::string read(const std::string& yaml) {
  auto file = config::File::parse("x", yaml);
  auto root = file.root();
  const auto config = read_store_config(root, "cloud");
  if (!file.problems().empty()) return file.report();
  if (!config.etcd) return "file " + config.path;
  const auto& etcd = *config.etcd;
  return fmt::format("etcd {} {} {}:{}:{}", fmt::join(etcd.endpoints, ","), etcd.prefix, etcd.tls.ca_file,
                     etcd.tls.certificate_file, etcd.tls.key_file);
}

TEST(StoreConfig, NamesAFileOrAnEtcdCluster) {
  const std::vector<StoreCase> table{
      {"store: {path: /x.db}", "file /x.db"},
      {"store: {etcd: {endpoints: [http://a:2379]}}", "etcd http://a:2379 /fairway/cloud/ ::"},
      {"store: {etcd: {endpoints: [https://a:1, https://b:1], ca_file: ca, certificate_file: c, key_file: k, prefix: "
       "/p/}}",
       "etcd https://a:1,https://b:1 /p/ ca:c:k"},
  };
  for (const auto& [yaml, told] : table) EXPECT_EQ(read(yaml), told) << yaml;
}

TEST(StoreConfig, SaysWhatIsWrong) {
  const std::vector<StoreCase> table{
      {"store: {}", "store.path"},
      {"store: {path: x, etcd: {endpoints: [http://a]}}", "leave one of path and etcd out"},
      {"store: {etcd: {endpoints: []}}", "name at least one"},
      {"store: {etcd: {endpoints: [\"a:2379\"]}}", "a:2379 does not begin with http:// or https://"},
      {"store: {etcd: {endpoints: [http://a], prefix: fairway}}", "begin and end with a slash"},
      {"store: {etcd: {endpoints: [http://a], lease: 1s}}", "shorter than 5s"},
      {"store: {etcd: {endpoints: [http://a], key_file: k}}", "go together"},
      {"store: {etcd: {endpoints: [http://a], prefx: /a/}}", "did you mean prefix?"},
  };
  for (const auto& [yaml, told] : table) {
    const auto found = read(yaml);
    EXPECT_NE(found.find(told), std::string::npos) << yaml << "\n" << found;
  }
}

}  // namespace
}  // namespace fairway::app
