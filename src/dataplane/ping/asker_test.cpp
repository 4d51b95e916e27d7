#include "dataplane/ping/asker.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>

#include "net/links.h"
#include "net/namespace.h"
#include "testing/env.h"
#include "testing/namespaces.h"
#include "testing/results.h"

namespace fairway::dataplane::ping {
namespace {

using namespace std::chrono_literals;
using namespace boost::asio::experimental::awaitable_operators;

class AskerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    FW_SKIP_UNLESS_ROOT();
    here_ = names_.make("here");
    there_ = names_.make("there");
    FW_ASSERT_OK(net::make_veth({here_, "eth0", ""}, {there_, "eth0", ""}));
    FW_ASSERT_OK(net::add_address(here_, "eth0", "10.9.0.1/24"));
    FW_ASSERT_OK(net::add_address(there_, "eth0", "10.9.0.2/24"));
    asker_ = open();
  }
  std::shared_ptr<Asker> open() {
    auto opened = open_asker(loop_.get_executor(), system_random(), here_);
    EXPECT_TRUE(opened) << opened.error().what;
    return opened.value_or(nullptr);
  }
  bool ask(const std::string& address, Duration limit) { return testing::run_on(loop_, asker_->ask(address, limit)); }

  boost::asio::io_context loop_;
  testing::Namespaces names_;
  std::string here_, there_;
  std::shared_ptr<Asker> asker_;
};

TEST_F(AskerTest, AHostThatIsThereAnswers) {
  EXPECT_TRUE(ask("10.9.0.2", 5s));
  EXPECT_TRUE(ask("10.9.0.2", 5s));
  EXPECT_TRUE(ask("10.9.0.1", 5s));  // our own
}

TEST_F(AskerTest, OneThatIsNotThereDoesNot) {
  EXPECT_FALSE(ask("10.9.0.77", 50ms));
  EXPECT_FALSE(ask("192.0.2.1", 5s));  // no route: known at once
  EXPECT_FALSE(ask("not an address", 5s));
}

TEST_F(AskerTest, AnswersAreToldApart) {
  const auto other = open();
  const auto both = testing::run_on(
      loop_, asker_->ask("10.9.0.2", 5s) && asker_->ask("10.9.0.77", 100ms) && other->ask("10.9.0.2", 5s));
  EXPECT_TRUE(std::get<0>(both));
  EXPECT_FALSE(std::get<1>(both));
  EXPECT_TRUE(std::get<2>(both));
}

TEST_F(AskerTest, AfterItsEndNobodyAnswers) {
  asker_->close();
  EXPECT_FALSE(ask("10.9.0.2", 5s));
}

TEST_F(AskerTest, ANamespaceThatIsNotThereIsSaid) {
  const auto opened = open_asker(loop_.get_executor(), system_random(), names_.prefix() + "-none");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::not_found);
}

}  // namespace
}  // namespace fairway::dataplane::ping
