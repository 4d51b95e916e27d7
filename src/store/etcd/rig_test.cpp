#include "store/etcd/rig_test.h"

#include <gtest/gtest.h>

#include "store/etcd/endpoints.h"
#include "store/etcd/history.h"
#include "store/etcd/messages.h"
#include "testing/env.h"
#include "testing/results.h"

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

void StoreRig::SetUp() {
  if (!testing::EtcdServer::installed()) GTEST_SKIP() << "etcd is not installed; tools/setup installs it";
}

Result<std::unique_ptr<Store>> StoreRig::try_open(EtcdConfig config) {
  return testing::run_on(context_, open(context_, shared_env(), std::move(config)));
}

std::unique_ptr<Store> StoreRig::open_store(EtcdConfig config) {
  auto opened = try_open(std::move(config));
  EXPECT_EQ(testing::what(opened), "");
  return opened ? std::move(*opened) : nullptr;
}

Result<Revision> StoreRig::transact(Store& store, Transaction transaction) {
  return testing::run_on(context_, store.transact(std::move(transaction)));
}

std::shared_ptr<StoreRig::Asked> StoreRig::ask(Store& store, Transaction transaction) {
  auto asked = std::make_shared<Asked>();
  boost::asio::co_spawn(context_, store.transact(std::move(transaction)),
                        [asked](const std::exception_ptr& error, Result<Revision> result) {
                          if (error) std::rethrow_exception(error);
                          asked->answer = std::move(result);
                        });
  return asked;
}

bool StoreRig::turn_until(const std::function<bool()>& done) {
  const auto end = system_clock().steady() + 20s;
  context_.restart();
  while (!done()) {
    if (system_clock().steady() > end) return false;
    context_.run_one_for(50ms);
  }
  return true;
}

void StoreRig::turn_for(std::chrono::milliseconds time) {
  context_.restart();
  context_.run_for(time);
}

Result<json::Value> StoreRig::try_call(EtcdConfig config, std::string path, json::Value body) {
  const auto etcd = Endpoints::make(context_, shared_env(), config).value();
  return testing::run_on(context_, etcd->call(std::move(path), std::move(body)));
}

json::Value StoreRig::call(const std::string& path, json::Value body) {
  return try_call(config(), path, std::move(body)).value();
}

std::string StoreRig::told(const RangeAnswer& answer) {
  std::string text;
  for (const auto& entry : answer.entries) text += fmt::format("{}={} ", entry.key, entry.value);
  return text;
}

StoreRig::Count StoreRig::begin_count(Store& store) { return {store.watch("/counter", 0).value(), {}}; }

void StoreRig::count_on(Store& store, Count& count, int transactions) {
  for (int i = 0; i < transactions; ++i) {
    count.asked.push_back(ask(store, {{}, {{"/counter", std::to_string(count.asked.size())}}, {}}));
  }
}

bool StoreRig::all_answered(const Count& count) {
  return turn_until([&] { return count.asked.empty() || count.asked.back()->answer.has_value(); });
}

void StoreRig::expect_each_once(const Count& count, EtcdConfig config) {
  std::vector<Revision> revisions;
  for (const auto& asked : count.asked) {
    ASSERT_TRUE(asked->answer);
    FW_ASSERT_OK(*asked->answer);
    EXPECT_GT(**asked->answer, revisions.empty() ? 0 : revisions.back());
    revisions.push_back(**asked->answer);
    const auto batch = testing::run_on(context_, count.watch->next()).value();
    EXPECT_EQ(batch.revision, revisions.back());
    ASSERT_EQ(batch.changes.size(), 1U);
    EXPECT_EQ(batch.changes[0].now->value, std::to_string(revisions.size() - 1));
    EXPECT_EQ(batch.changes[0].before ? batch.changes[0].before->value : "-",
              revisions.size() == 1 ? "-" : std::to_string(revisions.size() - 2));
  }
  ASSERT_FALSE(revisions.empty());
  std::vector<Revision> in_etcd;
  const auto see = [&](Moment moment) {
    for (const auto& change : moment.batch.changes) {
      if (change.key == "/counter") in_etcd.push_back(moment.batch.revision);
    }
    return moment.batch.revision < revisions.back();
  };
  const auto etcd = Endpoints::make(context_, shared_env(), config).value();
  // A member that was just started again needs a moment.
  EXPECT_TRUE(turn_until([&] {
    in_etcd.clear();
    return testing::run_on(context_, read_history(*etcd, Names(config.prefix), 0, see)).has_value();
  }));
  EXPECT_EQ(in_etcd, revisions);
}

}  // namespace fairway::store::etcd
