#include "net/namespace.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "testing/namespaces.h"
#include "testing/results.h"

namespace fairway::net {
namespace {

using testing::Namespaces;

ino_t here() {
  struct stat facts{};
  ::stat("/proc/thread-self/ns/net", &facts);
  return facts.st_ino;
}

TEST(Namespace, IsMadeOnceAndRemovedOnce) {
  FW_SKIP_UNLESS_ROOT();
  Namespaces mine;
  const auto name = mine.make("a");
  EXPECT_TRUE(namespace_exists(name));
  FW_EXPECT_OK(make_namespace(name));
  EXPECT_EQ(list_namespaces(mine.prefix()), std::vector{name});
  FW_EXPECT_OK(remove_namespace(name));
  FW_EXPECT_OK(remove_namespace(name));
  EXPECT_FALSE(namespace_exists(name));
}

TEST(Namespace, RefusesNamesThatAreNone) {
  for (const char* name : {"", ".", "..", "a/b"}) {
    EXPECT_EQ(make_namespace(name).error().code, Errc::invalid) << name;
    EXPECT_FALSE(namespace_exists(name));
  }
}

TEST(Namespace, WorkRunsInsideAndTheCallerStaysOutside) {
  FW_SKIP_UNLESS_ROOT();
  Namespaces mine;
  const auto name = mine.make("a");
  const auto outside = here();
  ino_t inside = 0;
  for (int round = 0; round < 3; ++round) {
    FW_ASSERT_OK(in_namespace(name, [&]() -> Result<> {
      inside = here();
      return {};
    }));
    EXPECT_NE(inside, outside);
    EXPECT_EQ(here(), outside);
  }
}

TEST(Namespace, WorkMayGoIntoAnother) {
  FW_SKIP_UNLESS_ROOT();
  Namespaces mine;
  const auto a = mine.make("a");
  const auto b = mine.make("b");
  ino_t in_a = 0, in_b = 0, in_a_again = 0;
  const auto inner = [&]() -> Result<> {
    in_b = here();
    return {};
  };
  FW_ASSERT_OK(in_namespace(a, [&]() -> Result<> {
    in_a = here();
    FW_TRY_DO(in_namespace(b, inner));
    in_a_again = here();
    return {};
  }));
  EXPECT_NE(in_a, in_b);
  EXPECT_EQ(in_a, in_a_again);
}

TEST(Namespace, ErrorsAndExceptionsOfTheWorkComeBack) {
  FW_SKIP_UNLESS_ROOT();
  Namespaces mine;
  const auto name = mine.make("a");
  const auto failed = in_namespace(name, [] { return Result<>(fail(Errc::conflict, "as it happens")); });
  EXPECT_EQ(failed.error().code, Errc::conflict);
  EXPECT_THROW((void)in_namespace(name, []() -> Result<> { throw std::runtime_error("thrown"); }),
               std::runtime_error);
  FW_EXPECT_OK(in_namespace(name, []() -> Result<> { return {}; }));
}

TEST(Namespace, AMissingOneIsNamedInTheError) {
  const auto failed = in_namespace("fwt-there-is-none", []() -> Result<> { return {}; });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::not_found);
  EXPECT_NE(failed.error().what.find("fwt-there-is-none"), std::string::npos);
}

TEST(Namespace, TwoThatWantTheSameOneAgree) {
  FW_SKIP_UNLESS_ROOT();
  Namespaces mine;
  const auto name = mine.prefix() + "-same";
  std::vector<std::thread> makers;
  std::atomic<int> failures = 0;
  makers.reserve(8);
  for (int i = 0; i < 8; ++i) {
    makers.emplace_back([&] { failures += make_namespace(name) ? 0 : 1; });
  }
  for (auto& maker : makers) maker.join();
  EXPECT_EQ(failures, 0);
  // One mount only: a second one on top would leave it there.
  FW_EXPECT_OK(remove_namespace(name));
  EXPECT_FALSE(namespace_exists(name));
}

TEST(Namespace, SysctlsAreSetInsideOnly) {
  FW_SKIP_UNLESS_ROOT();
  Namespaces mine;
  const auto a = mine.make("a");
  const auto b = mine.make("b");
  FW_ASSERT_OK(set_sysctl(a, "net.ipv4.ip_forward", "1"));
  const auto read = [](const std::string& ns) {
    std::string text;
    (void)in_namespace(ns, [&]() -> Result<> {
      std::ifstream("/proc/sys/net/ipv4/ip_forward") >> text;
      return {};
    });
    return text;
  };
  EXPECT_EQ(read(a), "1");
  EXPECT_EQ(read(b), "0");
  EXPECT_FALSE(set_sysctl(a, "net.ipv4.no_such_key", "1"));
}

TEST(Namespace, BridgedFramesPassTheFilterByInNewOnes) {
  FW_SKIP_UNLESS_ROOT();
  Namespaces mine;
  const auto name = mine.make("a");
  std::string value = "0";
  (void)in_namespace(name, [&]() -> Result<> {
    std::ifstream("/proc/sys/net/bridge/bridge-nf-call-iptables") >> value;
    return {};
  });
  EXPECT_EQ(value, "0");
}

}  // namespace
}  // namespace fairway::net
