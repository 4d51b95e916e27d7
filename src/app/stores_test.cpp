#include "app/stores.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "testing/temporary_folder.h"

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

TEST(StoreFolder, IsMadeForItsOwnerAloneWhereItIsAbsent) {
  const testing::TemporaryFolder folder;
  const std::string inner = folder.file("var/lib");
  ASSERT_TRUE(make_folder_for(inner + "/cloud.db", 0700));
  EXPECT_EQ(std::filesystem::status(inner).permissions(), std::filesystem::perms::owner_all);
  std::filesystem::permissions(inner, std::filesystem::perms(0755));
  ASSERT_TRUE(make_folder_for(inner + "/cloud.db", 0700));
  EXPECT_EQ(std::filesystem::status(inner).permissions(), std::filesystem::perms(0755)) << "somebody else's choice";
  EXPECT_TRUE(make_folder_for("cloud.db", 0700));
}

}  // namespace
}  // namespace fairway::app
