// What the tests of this folder share: one etcd for the whole program, each test below a prefix of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "store/etcd/endpoints.h"
#include "store/etcd/etcd_store.h"
#include "testing/env.h"
#include "testing/etcd.h"

namespace fairway::store::etcd {

// Real time: what is waited for is another process.
Env& shared_env();
testing::EtcdServer& shared_etcd();
[[nodiscard]] EtcdConfig shared_config(std::string prefix);
[[nodiscard]] std::string make_prefix();
// As a process would that takes the store over.
void write_marker(const std::string& prefix, const std::string& writer);

// A loop, a prefix, and what is done to stores on them. Skips where etcd is not installed.
class StoreRig : public ::testing::Test {
 protected:
  void SetUp() override;
  EtcdConfig config() { return shared_config(prefix_); }
  Result<std::unique_ptr<Store>> try_open(EtcdConfig config);
  std::unique_ptr<Store> open_store(EtcdConfig config);
  Result<Revision> transact(Store& store, Transaction transaction);
  // Begun, and its answer kept for later.
  struct Asked {
    std::optional<Result<Revision>> answer;
  };
  std::shared_ptr<Asked> ask(Store& store, Transaction transaction);
  // Whether it came true within 20 s.
  bool turn_until(const std::function<bool()>& done);
  void turn_for(std::chrono::milliseconds time);
  // Of etcd, past the store.
  Result<json::Value> try_call(EtcdConfig config, std::string path, json::Value body);
  json::Value call(const std::string& path, json::Value body);
  static std::string told(const RangeAnswer& answer);

  // Transactions that count a key up by one each; `asked` is all of them so far.
  struct Count {
    std::unique_ptr<Watch> watch;
    std::vector<std::shared_ptr<Asked>> asked;
  };
  static Count begin_count(Store& store);
  void count_on(Store& store, Count& count, int transactions);
  bool all_answered(const Count& count);
  // All were answered well and in order; the watch, and etcd itself, saw each once.
  void expect_each_once(const Count& count, EtcdConfig config);

  boost::asio::io_context context_;
  std::string prefix_ = make_prefix();
};

}  // namespace fairway::store::etcd
