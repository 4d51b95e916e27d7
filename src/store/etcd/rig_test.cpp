#include "store/etcd/rig_test.h"

#include <gtest/gtest.h>

#include "store/etcd/endpoints.h"
#include "store/etcd/messages.h"
#include "testing/env.h"

namespace fairway::store::etcd {
namespace {

using namespace std::chrono_literals;

// Ends the server in order when the program ends.
class Servers final : public ::testing::Environment {
 public:
  static Servers& instance() {
    static auto* const made = dynamic_cast<Servers*>(::testing::AddGlobalTestEnvironment(new Servers));
    return *made;
  }
  testing::EtcdServer& shared() {
    if (!server_) server_ = std::make_unique<testing::EtcdServer>();
    return *server_;
  }
  void TearDown() override { server_.reset(); }

 private:
  std::unique_ptr<testing::EtcdServer> server_;
};

[[maybe_unused]] const Servers& registered = Servers::instance();

}  // namespace

Env& shared_env() {
  static testing::KeptLog log;
  static Metrics metrics;
  static Env env{system_clock(), system_random(), loop_timers(), log, metrics};
  return env;
}

testing::EtcdServer& shared_etcd() { return Servers::instance().shared(); }

EtcdConfig shared_config(std::string prefix) {
  return {.endpoints = {shared_etcd().endpoint()}, .prefix = std::move(prefix), .patience = 10s};
}

std::string make_prefix() { return "/test/" + make_suffix(system_random(), 10) + "/"; }

void write_marker(const std::string& prefix, const std::string& writer) {
  boost::asio::io_context context;
  const auto etcd = Endpoints::make(context, shared_env(), shared_config(prefix)).value();
  const Names names(prefix);
  json::Array writes{put(names.marker(), Marker{writer, 0}.text())};
  ASSERT_TRUE(testing::run_on(context, etcd->call("/kv/txn", transaction({}, std::move(writes), {}))));
}

}  // namespace fairway::store::etcd
