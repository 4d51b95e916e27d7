#include "lab/forwarder.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "runtime/sync.h"
#include "testing/env.h"
#include "testing/namespaces.h"
#include "testing/results.h"

namespace fairway::lab {
namespace {

using boost::asio::use_awaitable;
using boost::asio::ip::tcp;

class ForwarderTest : public ::testing::Test {
 public:
  // A server in a namespace of its own.
  tcp::acceptor serve_in(const std::string& ns) {
    tcp::acceptor acceptor(context_);
    const Result<> opened = net::in_namespace(ns, [&]() -> Result<> {
      acceptor.open(tcp::v4());
      acceptor.bind({boost::asio::ip::make_address("127.0.0.1"), 7000});
      acceptor.listen();
      return {};
    });
    EXPECT_EQ(testing::what(opened), "");
    return acceptor;
  }

  void forward_to(const std::string& ns, ForwarderConfig config = {}) {
    config.name = "a test";
    auto made = Forwarder::listen(context_, env_.env, config, [ns]() -> Task<Result<ForwardTarget>> {
      co_return ForwardTarget{ns, "127.0.0.1", 7000};
    });
    ASSERT_EQ(testing::what(made), "");
    forwarder_ = *std::move(made);
  }

  Task<tcp::socket> dial() {
    tcp::socket socket(context_);
    co_await socket.async_connect({boost::asio::ip::make_address("127.0.0.1"), forwarder_->port()}, use_awaitable);
    co_return std::move(socket);
  }

  // All until the peer ends.
  static Task<std::string> read_all(tcp::socket& socket) {
    std::string text;
    boost::system::error_code error;
    co_await boost::asio::async_read(socket, boost::asio::dynamic_buffer(text),
                                     boost::asio::redirect_error(use_awaitable, error));
    co_return text;
  }

  static Task<> say(tcp::socket& socket, std::string text) {
    co_await boost::asio::async_write(socket, boost::asio::buffer(text), use_awaitable);
  }

  testing::TestEnv env_;
  boost::asio::io_context context_;
  testing::Namespaces mine_;
  std::unique_ptr<Forwarder> forwarder_;
};

TEST_F(ForwarderTest, EachDirectionEndsForItself) {
  FW_SKIP_UNLESS_ROOT();
  const auto ns = mine_.make("a");
  auto server = serve_in(ns);
  forward_to(ns);
  testing::run_on(context_, [](ForwarderTest& test, tcp::acceptor& at) -> Task<> {
    tcp::socket client = co_await test.dial();
    tcp::socket peer = co_await at.async_accept(use_awaitable);
    co_await say(client, "question");
    client.shutdown(tcp::socket::shutdown_send);
    EXPECT_EQ(co_await read_all(peer), "question");
    co_await say(peer, "answer");
    peer.close();
    EXPECT_EQ(co_await read_all(client), "answer");
  }(*this, server));
}

TEST_F(ForwarderTest, TheHalfThatIsLeftIsNotWaitedForForEver) {
  FW_SKIP_UNLESS_ROOT();
  const auto ns = mine_.make("a");
  auto server = serve_in(ns);
  forward_to(ns, {.half_open_limit = std::chrono::milliseconds(1)});
  testing::run_on(context_, [](ForwarderTest& test, tcp::acceptor& at) -> Task<> {
    tcp::socket client = co_await test.dial();
    tcp::socket peer = co_await at.async_accept(use_awaitable);
    client.shutdown(tcp::socket::shutdown_send);
    EXPECT_EQ(co_await read_all(client), "");  // the peer never ended
  }(*this, server));
}

TEST_F(ForwarderTest, MoreThanTheLimitWaitForTheirTurn) {
  FW_SKIP_UNLESS_ROOT();
  const auto ns = mine_.make("a");
  auto server = serve_in(ns);
  forward_to(ns, {.max_connections = 1});
  testing::run_on(context_, [](ForwarderTest& test, tcp::acceptor& at) -> Task<> {
    tcp::socket first = co_await test.dial();
    tcp::socket peer = co_await at.async_accept(use_awaitable);
    tcp::socket second = co_await test.dial();
    co_await say(second, "waits");
    at.non_blocking(true);
    boost::system::error_code error;
    (void)at.accept(error);
    EXPECT_EQ(error, boost::asio::error::would_block);
    first.close();
    peer.close();
    tcp::socket next = co_await at.async_accept(use_awaitable);
    second.shutdown(tcp::socket::shutdown_send);
    EXPECT_EQ(co_await read_all(next), "waits");
  }(*this, server));
}

TEST_F(ForwarderTest, AConnectionWithoutATargetIsClosedAndSaysWhy) {
  auto made = Forwarder::listen(context_, env_.env, {.name = "service web"}, []() -> Task<Result<ForwardTarget>> {
    co_return fail(Errc::not_found, "there is no Service web");
  });
  FW_ASSERT_OK(made);
  forwarder_ = *std::move(made);
  testing::run_on(context_, [](ForwarderTest& test) -> Task<> {
    tcp::socket client = co_await test.dial();
    EXPECT_EQ(co_await read_all(client), "");
  }(*this));
  ASSERT_EQ(env_.log.lines().size(), 1U);
  EXPECT_EQ(env_.log.lines().front().fields.at("why"), "there is no Service web");
}

TEST_F(ForwarderTest, StopEndsTheListenerAndEveryConnection) {
  FW_SKIP_UNLESS_ROOT();
  const auto ns = mine_.make("a");
  auto server = serve_in(ns);
  forward_to(ns);
  testing::run_on(context_, [](ForwarderTest& test, tcp::acceptor& at) -> Task<> {
    tcp::socket client = co_await test.dial();
    tcp::socket peer = co_await at.async_accept(use_awaitable);
    const auto port = test.forwarder_->port();
    co_await test.forwarder_->stop();
    EXPECT_EQ(co_await read_all(client), "");
    EXPECT_EQ(co_await read_all(peer), "");
    test.forwarder_.reset();
    // The port is free again, in the same process.
    auto again = Forwarder::listen(test.context_, test.env_.env, {.name = "again", .port = port},
                                   []() -> Task<Result<ForwardTarget>> { co_return fail(Errc::not_found, "none"); });
    EXPECT_EQ(testing::what(again), "");
    if (again) co_await (*again)->stop();
  }(*this, server));
}

TEST_F(ForwarderTest, ListensInAnotherNamespace) {
  FW_SKIP_UNLESS_ROOT();
  const auto here = mine_.make("a");
  const auto there = mine_.make("b");
  auto server = serve_in(there);
  auto made = Forwarder::listen(
      context_, env_.env, {.name = "a test", .network_namespace = here, .port = 6443},
      [there]() -> Task<Result<ForwardTarget>> { co_return ForwardTarget{there, "127.0.0.1", 7000}; });
  FW_ASSERT_OK(made);
  tcp::socket client(context_);
  FW_ASSERT_OK(net::in_namespace(here, [&]() -> Result<> {
    client.connect({boost::asio::ip::make_address("127.0.0.1"), 6443});
    return {};
  }));
  testing::run_on(context_, [](tcp::acceptor& at, tcp::socket& from) -> Task<> {
    tcp::socket peer = co_await at.async_accept(use_awaitable);
    co_await say(from, "through");
    from.shutdown(tcp::socket::shutdown_send);
    EXPECT_EQ(co_await read_all(peer), "through");
  }(server, client));
}

TEST_F(ForwarderTest, AnAddressThatIsTakenIsRefused) {
  const auto choose = []() -> Task<Result<ForwardTarget>> { co_return fail(Errc::not_found, "none"); };
  auto first = Forwarder::listen(context_, env_.env, {.name = "one"}, choose);
  FW_ASSERT_OK(first);
  const auto second = Forwarder::listen(context_, env_.env, {.name = "two", .port = (*first)->port()}, choose);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::unavailable);
  EXPECT_NE(second.error().what.find("for two"), std::string::npos) << second.error().what;
  EXPECT_EQ(Forwarder::listen(context_, env_.env, {.name = "three", .bind = "localhost"}, choose).error().code,
            Errc::invalid);
}

}  // namespace
}  // namespace fairway::lab
