// How many transactions a second the SQLite store makes durable, and how long each waits, with one client and with
// many.
//
// usage: fairway_store_sqlite_store_bench FOLDER [SECONDS]
//
// The file is made in FOLDER: measure the disk that will hold the state. SECONDS is for each number of clients.
#include <cstdio>
#include <filesystem>

#include "base/strings.h"
#include "store/bench.h"
#include "store/sqlite/sqlite_store.h"
#include "telemetry/log_sinks.h"

namespace {

using namespace fairway;

Task<Result<std::unique_ptr<store::Store>>> open_file(boost::asio::io_context& context, Env& env, std::string path) {
  co_return store::sqlite::open(context, env, {.path = std::move(path)});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: {} FOLDER [SECONDS]\n", argv[0]);
    return 2;
  }
  const auto log = make_log({.level = LogLevel::warn});
  Metrics metrics;
  if (!log) return 1;
  Env env{system_clock(), system_random(), loop_timers(), **log, metrics};
  std::vector<std::string> paths;
  const auto seconds = argc > 2 ? parse_int(argv[2]).value_or(3) : 3;
  const auto open = [&](boost::asio::io_context& context) {
    paths.push_back(fmt::format("{}/bench-{}.db", argv[1], make_suffix(system_random(), 8)));
    return open_file(context, env, paths.back());
  };
  store::measure_store(open, std::chrono::seconds(seconds));
  for (const auto& path : paths) {
    for (const auto* suffix : {"", "-wal", ".lock"}) std::filesystem::remove(path + suffix);
  }
}
