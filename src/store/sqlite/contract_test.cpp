#include "store/contract_test_suite.h"
#include "store/sqlite/shim_vfs.h"
#include "store/sqlite/sqlite_store.h"
#include "testing/env.h"
#include "testing/temporary_folder.h"

namespace fairway::store {
namespace {

class OnDisk final : public StoreUnderTest {
 public:
  Result<std::unique_ptr<Store>> open(boost::asio::io_context& context, LogLimits limits) override {
    return sqlite::open(context, env_.env, {.path = folder_.file("cloud.db"), .log_keep = limits});
  }
  [[nodiscard]] bool survives_reopening() const override { return true; }
  bool fail_next_write() override { return false; }  // the shim can

 private:
  testing::TemporaryFolder folder_;
  testing::TestEnv env_;
};

// The lock and an empty file lie in a real folder, the data on the shim.
class OnShim final : public StoreUnderTest {
 public:
  Result<std::unique_ptr<Store>> open(boost::asio::io_context& context, LogLimits limits) override {
    return sqlite::open(context, env_.env, {folder_.file("cloud.db"), limits, sqlite::Sync::full, disk_.name()});
  }
  [[nodiscard]] bool survives_reopening() const override { return true; }
  bool fail_next_write() override {
    disk_.be_full();
    return true;
  }

 private:
  sqlite::ShimDisk disk_{1};
  testing::TemporaryFolder folder_;
  testing::TestEnv env_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         ::testing::Values(StoreKind{"file", [] { return std::make_unique<OnDisk>(); }},
                                           StoreKind{"shim", [] { return std::make_unique<OnShim>(); }}));

}  // namespace
}  // namespace fairway::store
