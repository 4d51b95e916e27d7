// How many transactions a second a store makes durable, and how long each waits, with one client and with many: one
// measurement for all backends.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "runtime/sync.h"
#include "store/store.h"

namespace fairway::store {

// Opens a new store; its destructor may leave work on the loop.
using OpenForBench = std::function<Task<Result<std::unique_ptr<Store>>>(boost::asio::io_context&)>;

struct Measured {
  std::vector<double> milliseconds;
  double seconds = 0;
};

inline double seconds_since(SteadyTime began) {
  return std::chrono::duration<double>(system_clock().steady() - began).count();
}

// One object of the usual size, written again and again.
inline Task<> write_often(Store& store, std::string key, SteadyTime until, std::vector<double>& into) {
  const std::string value(1000, 'v');
  while (true) {
    const auto began = system_clock().steady();
    if (began >= until) break;
    Transaction transaction{{}, {{key, value}}, {}};
    const auto revision = co_await store.transact(std::move(transaction));
    FW_CHECK(revision.has_value());
    into.push_back(seconds_since(began) * 1000);
  }
}

inline Task<> measure_clients(boost::asio::io_context& context, OpenForBench open, int clients,
                              std::chrono::milliseconds time, Measured& into) {
  auto store = co_await open(context);
  FW_CHECK(store.has_value());
  const auto began = system_clock().steady();
  int running = clients;
  Notify ended;
  for (int client = 0; client < clients; ++client) {
    boost::asio::co_spawn(context,
                          write_often(**store, fmt::format("/bench/{}", client), began + time, into.milliseconds),
                          [&running, &ended](const std::exception_ptr&) {
                            --running;
                            ended.notify_all();
                          });
  }
  while (running > 0) co_await ended.wait();
  into.seconds = seconds_since(began);
  co_await (*store)->close(std::chrono::seconds(5));
}

inline void print(int clients, Measured measured) {
  auto& times = measured.milliseconds;
  std::ranges::sort(times);
  const auto at = [&](double share) { return times[static_cast<std::size_t>(share * double(times.size() - 1))]; };
  fmt::print("{:3} clients: {:7.0f} transactions/s, median {:.2f} ms, 99 % {:.2f} ms, most {:.2f} ms\n", clients,
             double(times.size()) / measured.seconds, at(.5), at(.99), times.back());
}

// Each number of clients for `time`.
inline void measure_store(const OpenForBench& open, std::chrono::milliseconds time) {
  for (const int clients : {1, 8, 64, 512}) {
    boost::asio::io_context context{1};
    Measured measured;
    boost::asio::co_spawn(context, measure_clients(context, open, clients, time, measured), boost::asio::detached);
    context.run();
    print(clients, std::move(measured));
  }
}

}  // namespace fairway::store
