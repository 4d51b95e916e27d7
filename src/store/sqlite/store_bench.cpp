// How many transactions a second the SQLite store makes durable, and how long each waits, with one client and with
// many.
//
// usage: fairway_store_sqlite_store_bench FOLDER     the file is made there: measure the disk that will hold the
// state
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "store/sqlite/sqlite_store.h"
#include "telemetry/log_sinks.h"

namespace {

using namespace fairway;

struct Measured {
  std::vector<double> milliseconds;
  double seconds = 0;
};

double since(SteadyTime began) { return std::chrono::duration<double>(system_clock().steady() - began).count(); }

// One object of the usual size, written again and again.
Task<> write(store::Store& store, std::string key, int rounds, std::vector<double>& into) {
  const std::string value(1000, 'v');
  for (int round = 0; round < rounds; ++round) {
    const auto began = system_clock().steady();
    store::Transaction transaction{{}, {{key, value}}, {}};
    const auto revision = co_await store.transact(std::move(transaction));
    FW_CHECK(revision.has_value());
    into.push_back(since(began) * 1000);
  }
}

Measured measure(Env& env, const std::string& folder, int clients, int rounds) {
  const auto path = fmt::format("{}/bench-{}.db", folder, make_suffix(system_random(), 8));
  Measured measured;
  {
    boost::asio::io_context context{1};
    auto store = store::sqlite::open(context, env, {.path = path});
    FW_CHECK(store.has_value());
    for (int client = 0; client < clients; ++client) {
      boost::asio::co_spawn(context, write(**store, fmt::format("/bench/{}", client), rounds, measured.milliseconds),
                            boost::asio::detached);
    }
    const auto began = system_clock().steady();
    context.run();
    measured.seconds = since(began);
  }
  for (const auto* suffix : {"", "-wal", ".lock"}) std::filesystem::remove(path + suffix);
  return measured;
}

void print(int clients, Measured measured) {
  auto& times = measured.milliseconds;
  std::ranges::sort(times);
  const auto at = [&](double share) { return times[static_cast<std::size_t>(share * double(times.size() - 1))]; };
  fmt::print("{:3} clients: {:7.0f} transactions/s, median {:.2f} ms, 99 % {:.2f} ms, most {:.2f} ms\n", clients,
             double(times.size()) / measured.seconds, at(.5), at(.99), times.back());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: {} FOLDER\n", argv[0]);
    return 2;
  }
  const auto log = make_log({.level = LogLevel::warn});
  Metrics metrics;
  if (!log) return 1;
  Env env{system_clock(), system_random(), loop_timers(), **log, metrics};
  for (const auto& [clients, rounds] :
       {std::pair{1, 2000}, std::pair{8, 1000}, std::pair{64, 500}, std::pair{512, 100}}) {
    print(clients, measure(env, argv[1], clients, rounds));
  }
}
