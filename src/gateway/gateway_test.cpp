#include "gateway/gateway.h"

#include "gateway/rig_test.h"
#include "testing/results.h"

namespace fairway::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A client outside, two backends inside, a gateway and its cloud.
class EndToEnd : public ::testing::Test {
 protected:
  void SetUp() override {
    FW_SKIP_UNLESS_ROOT();
    rig_ = std::make_unique<Rig>();
    client_ = rig_->add_host("client", kPublic, "172.24.4.1/24", "");
    inside_ = rig_->add_host("one", kPrivate, "10.0.0.11/24", "10.0.0.1");
    const auto two = rig_->add_host("two", kPrivate, "10.0.0.12/24", "10.0.0.1");
    one_ = std::make_unique<EchoServer>(inside_, "one", 8080);
    two_ = std::make_unique<EchoServer>(two, "two", 8080);
    rig_->cloud->commit([](auto& world) { add_network(world); });
    rig_->start_gateway();
    ASSERT_TRUE(rig_->cloud->applied(1));
  }
  void TearDown() override {
    if (!rig_ || !HasFailure()) return;
    for (const auto& line : rig_->real.log.lines()) {
      std::cerr << line.message;
      for (const auto& [key, value] : line.fields) std::cerr << " " << key << "=" << value;
      std::cerr << "\n";
    }
  }
  // A Service with both backends.
  bool add(const std::string& name, const std::string& vip, const std::string& floating = "") {
    return rig_->cloud->commit_applied([&](auto& world) {
      add_balancer(world, name, vip, floating);
      add_member(world, name, name + "-one", "10.0.0.11", 8080);
      add_member(world, name, name + "-two", "10.0.0.12", 8080);
    });
  }

  std::unique_ptr<Rig> rig_;
  std::string client_, inside_;
  std::unique_ptr<EchoServer> one_, two_;
};

TEST_F(EndToEnd, AServiceIsReachedByItsFloatingIpFromOutsideAndByItsVipFromInside) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  EXPECT_THAT(rig_->cloud->failures(), IsEmpty());
  EXPECT_THAT(Connection(client_, "172.24.4.9", 80).ask("hello"), HasSubstr("hello"));
  EXPECT_THAT(Connection(inside_, "10.0.0.5", 80).ask("hello"), HasSubstr("hello"));
  // Hairpin: a backend that asks for its own Service by the public address.
  EXPECT_THAT(Connection(inside_, "172.24.4.9", 80).ask("hello"), HasSubstr("hello"));
  EXPECT_EQ(Connection(client_, "172.24.4.9", 81).error(), ECONNREFUSED);
}

TEST_F(EndToEnd, BothBackendsGetTheirShare) {
  ASSERT_TRUE(add("web", "10.0.0.5", "172.24.4.9"));
  std::map<std::string, int> answers;
  for (int i = 0; i < 20; ++i) ++answers[Connection(client_, "172.24.4.9", 80).ask("x")];
  EXPECT_EQ(answers["one x"], 10);
  EXPECT_EQ(answers["two x"], 10);
}

}  // namespace
}  // namespace fairway::gateway
