#include "gateway_link/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "testing/env.h"

namespace fairway::gateway_link {
namespace {

class ChannelTest : public ::testing::Test {
 protected:
  ChannelTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fairway-link-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~ChannelTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return folder_ + "/gateway.sock"; }
  [[nodiscard]] std::string address() const { return "unix:" + path(); }

  // Listens, and runs `peer` with a channel on which it meets `serve`, until both are done.
  void meet(std::function<Task<>(std::unique_ptr<Channel>)> serve,
            std::function<Task<>(std::unique_ptr<Channel>)> peer) {
    auto acceptor = accept(context_, test_.env, address(), std::move(serve));
    ASSERT_TRUE(acceptor.has_value()) << acceptor.error().what;
    bool met = false;
    boost::asio::co_spawn(context_, visit(peer, met, **acceptor), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
    context_.run();
    EXPECT_TRUE(met);
  }

  Task<> visit(std::function<Task<>(std::unique_ptr<Channel>)> peer, bool& met, Acceptor& acceptor) {
    auto channel = co_await connect(address());
    EXPECT_TRUE(channel.has_value());
    co_await peer(*std::move(channel));
    met = true;
    acceptor.stop();
  }

  // What a crashed owner leaves behind: a bound socket file on which nobody listens.
  void leave_stale_socket() const {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un name{.sun_family = AF_UNIX, .sun_path = {}};
    path().copy(name.sun_path, sizeof name.sun_path - 1);
    ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    ::close(socket);
  }

  testing::TestEnv test_;
  boost::asio::io_context context_;
  std::string folder_;
};

Task<> echo(std::unique_ptr<Channel> channel) {
  while (true) {
    auto message = co_await channel->receive();
    if (!message) co_return;
    const auto sent = channel->send(*message);
    EXPECT_TRUE(sent.has_value());
  }
}

Task<> greet_and_listen(std::unique_ptr<Channel> channel) {
  for (int i = 0; i < 100; ++i) {
    const auto sent = channel->send(Hello{.gateway = fmt::format("g{}", i)});
    EXPECT_TRUE(sent.has_value());
  }
  for (int i = 0; i < 100; ++i) {
    const auto answer = co_await channel->receive();
    EXPECT_TRUE(answer.has_value());
    if (!answer) co_return;
    EXPECT_EQ(std::get<Hello>(*answer).gateway, fmt::format("g{}", i));
  }
}

TEST_F(ChannelTest, CarriesMessagesInOrder) { meet(echo, greet_and_listen); }

TEST_F(ChannelTest, CarriesALargeWorld) {
  World world;
  for (int i = 0; i < 20'000; ++i) {
    const auto id = fmt::format("listener-{}", i);
    world.listeners[id] = {.id = id, .protocol = "TCP"};
  }
  meet(echo, [&world](std::unique_ptr<Channel> channel) -> Task<> {
    const auto sent = channel->send(WholeWorld{world});
    EXPECT_TRUE(sent.has_value());
    const auto answer = co_await channel->receive();
    EXPECT_TRUE(answer.has_value());
    if (answer) EXPECT_EQ(std::get<WholeWorld>(*answer).world, world);
  });
}

TEST_F(ChannelTest, SaysThatThePeerIsGone) {
  meet([](std::unique_ptr<Channel>) -> Task<> { co_return; },
       [](std::unique_ptr<Channel> channel) -> Task<> {
         const auto answer = co_await channel->receive();
         EXPECT_FALSE(answer.has_value());
         if (!answer) EXPECT_EQ(answer.error().code, Errc::unavailable);
         const auto sent = channel->send(Hello{});
         EXPECT_FALSE(sent.has_value());
       });
}

TEST_F(ChannelTest, CutsOffAPeerThatDoesNotRead) {
  auto kept = std::make_shared<std::unique_ptr<Channel>>();
  meet(
      [kept](std::unique_ptr<Channel> channel) -> Task<> {
        *kept = std::move(channel);
        co_return;
      },
      [kept](std::unique_ptr<Channel> channel) -> Task<> {
        const Hello large{.gateway = std::string(1'000'000, 'x')};
        int accepted = 0;
        while (channel->send(large)) ++accepted;
        EXPECT_GE(accepted, 60);
        EXPECT_LE(accepted, 68);
        kept->reset();
        co_return;
      });
}

TEST_F(ChannelTest, OnlyItsOwnerMayConnect) {
  auto acceptor = accept(context_, test_.env, address(), echo);
  ASSERT_TRUE(acceptor.has_value());
  struct stat file{};
  ASSERT_EQ(::stat(path().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600U);
}

TEST_F(ChannelTest, ReplacesAStaleSocketFile) {
  leave_stale_socket();
  meet(echo, greet_and_listen);
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(ChannelTest, LeavesALiveOwnerAlone) {
  auto first = accept(context_, test_.env, address(), echo);
  ASSERT_TRUE(first.has_value());
  const auto second = accept(context_, test_.env, address(), echo);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_TRUE(std::filesystem::exists(path()));
}

TEST_F(ChannelTest, LeavesAFileThatIsNoSocketAlone) {
  std::ofstream(path()) << "mine";
  const auto acceptor = accept(context_, test_.env, address(), echo);
  ASSERT_FALSE(acceptor.has_value());
  EXPECT_EQ(acceptor.error().code, Errc::conflict);
  EXPECT_TRUE(std::filesystem::exists(path()));
}

TEST_F(ChannelTest, APathMayBeLong) {
  folder_ += "/" + std::string(150, 'd');
  std::filesystem::create_directories(folder_);
  meet(echo, greet_and_listen);
  folder_ = std::filesystem::path(folder_).parent_path();
}

TEST_F(ChannelTest, RefusesOtherAddresses) {
  for (const auto* bad : {"", "tcp:127.0.0.1:1", "unix:relative.sock", "/no/scheme"}) {
    const auto acceptor = accept(context_, test_.env, bad, echo);
    ASSERT_FALSE(acceptor.has_value()) << bad;
    EXPECT_EQ(acceptor.error().code, Errc::invalid) << bad;
  }
}

}  // namespace
}  // namespace fairway::gateway_link
