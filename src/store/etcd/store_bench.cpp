// How many transactions a second the etcd store makes durable, and how long each waits, with one client and with many.
//
// usage: fairway_store_etcd_store_bench ENDPOINT [SECONDS]
//
// ENDPOINT is such as http://127.0.0.1:2379, on the disk that will hold the state; what is written there lies below
// /bench/ and stays. SECONDS is for each number of clients.
#include <cstdio>

#include "base/strings.h"
#include "store/bench.h"
#include "store/etcd/etcd_store.h"
#include "telemetry/log_sinks.h"

int main(int argc, char** argv) {
  using namespace fairway;
  if (argc < 2) {
    fmt::print(stderr, "usage: {} ENDPOINT [SECONDS]\n", argv[0]);
    return 2;
  }
  const auto log = make_log({.level = LogLevel::warn});
  Metrics metrics;
  if (!log) return 1;
  Env env{system_clock(), system_random(), loop_timers(), **log, metrics};
  store::etcd::EtcdConfig config{.endpoints = {argv[1]}};
  const auto seconds = argc > 2 ? parse_int(argv[2]).value_or(3) : 3;
  const auto open = [&](boost::asio::io_context& context) {
    config.prefix = fmt::format("/bench/{}/", make_suffix(system_random(), 8));
    return store::etcd::open(context, env, config);
  };
  store::measure_store(open, std::chrono::seconds(seconds));
}
