#include "store/contract_test_suite.h"
#include "store/etcd/rig_test.h"
#include "testing/env.h"

namespace fairway::store {
namespace {

class InEtcd final : public StoreUnderTest {
 public:
  Result<std::unique_ptr<Store>> open(boost::asio::io_context& context, LogLimits limits) override {
    auto config = etcd::shared_config(prefix_);
    config.log_keep = limits;
    return testing::run_on(context, etcd::open(context, etcd::shared_env(), std::move(config)));
  }
  [[nodiscard]] bool survives_reopening() const override { return true; }
  [[nodiscard]] std::string missing() const override {
    return testing::EtcdServer::installed() ? "" : "etcd is not installed; tools/setup installs it";
  }
  bool fail_next_write() override {
    etcd::write_marker(prefix_, "somebody-else");
    return true;
  }

 private:
  std::string prefix_ = etcd::make_prefix();
};

INSTANTIATE_TEST_SUITE_P(Etcd, StoreContract,
                         ::testing::Values(StoreKind{"etcd", [] { return std::make_unique<InEtcd>(); }}));

}  // namespace
}  // namespace fairway::store
