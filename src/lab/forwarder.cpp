#include "lab/forwarder.h"

#include <fmt/format.h>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "lab/probes.h"
#include "net/namespace.h"
#include "runtime/sync.h"
#include "runtime/task_group.h"

namespace fairway::lab {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

// One connection and its continuation.
class Pair {
 public:
  Pair(tcp::socket here, tcp::socket there, Duration half_open_limit)
      : here_(std::move(here)),
        there_(std::move(there)),
        timer_(here_.get_executor()),
        half_open_limit_(half_open_limit) {}

  static Task<> run(std::shared_ptr<Pair> pair) {
    using namespace boost::asio::experimental::awaitable_operators;
    co_await (copy(pair, pair->here_, pair->there_) && copy(pair, pair->there_, pair->here_));
    pair->close();
  }

  void close() {
    timer_.cancel();
    error_code ignored;
    here_.close(ignored);
    there_.close(ignored);
  }

 private:
  // One direction until its end, which it tells the other side; a connection that broke is closed whole.
  static Task<> copy(std::shared_ptr<Pair> pair, tcp::socket& from, tcp::socket& to) {
    std::array<char, 16384> buffer;
    error_code error;
    while (!error) {
      const auto got = co_await from.async_read_some(boost::asio::buffer(buffer),
                                                     boost::asio::redirect_error(boost::asio::use_awaitable, error));
      if (error) break;
      co_await boost::asio::async_write(to, boost::asio::buffer(buffer.data(), got),
                                        boost::asio::redirect_error(boost::asio::use_awaitable, error));
      if (pair->half_open_) restart_limit(pair);
    }
    if (error != boost::asio::error::eof || pair->half_open_) {
      pair->close();
      co_return;
    }
    error_code ignored;
    to.shutdown(tcp::socket::shutdown_send, ignored);
    pair->half_open_ = true;
    restart_limit(pair);
  }

  static void restart_limit(const std::shared_ptr<Pair>& pair) {
    pair->timer_.expires_after(pair->half_open_limit_);
    pair->timer_.async_wait([pair](const error_code& error) {
      if (!error) pair->close();
    });
  }

  tcp::socket here_, there_;
  boost::asio::steady_timer timer_;
  Duration half_open_limit_;
  bool half_open_ = false;
};

class RunningForwarder final : public Forwarder {
 public:
  RunningForwarder(boost::asio::io_context& context, Env& env, ForwarderConfig config, Choose choose,
                   tcp::acceptor acceptor)
      : env_(env),
        config_(std::move(config)),
        choose_(std::move(choose)),
        acceptor_(std::move(acceptor)),
        tasks_(context, env.log) {
    tasks_.spawn("forwarder", accept());
  }

  [[nodiscard]] std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

  Task<> stop() override {
    co_await tasks_.stop();
    error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  Task<> accept() {
    for (;;) {
      while (count_->connections >= config_.max_connections) co_await count_->ended.wait();
      error_code error;
      tcp::socket peer =
          co_await acceptor_.async_accept(boost::asio::redirect_error(boost::asio::use_awaitable, error));
      if (error == boost::asio::error::operation_aborted) co_return;
      if (error) {
        co_await env_.timers.sleep(std::chrono::milliseconds(50));  // no descriptors left, say
        continue;
      }
      tasks_.spawn("forwarded connection", serve(std::move(peer), Place(count_)));
    }
  }

  // Outlives the forwarder where a loop that ends destroys connections last.
  struct Count {
    std::size_t connections = 0;
    Notify ended;
  };

  // Counts a connection for as long as it lives.
  class Place {
   public:
    explicit Place(std::shared_ptr<Count> count) : count_(std::move(count)) { ++count_->connections; }
    Place(Place&& other) noexcept = default;
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (!count_) return;
      --count_->connections;
      count_->ended.notify_all();
    }

   private:
    std::shared_ptr<Count> count_;
  };

  Task<> serve(tcp::socket peer, [[maybe_unused]] Place place) {
    const auto target = co_await choose_();
    if (!target) {
      complain(target.error());
      co_return;
    }
    auto there = co_await connect_in(target->network_namespace, target->address, target->port, config_.connect_limit);
    if (!there) {
      complain(there.error());
      co_return;
    }
    const auto pair = std::make_shared<Pair>(std::move(peer), *std::move(there), config_.half_open_limit);
    co_await Pair::run(pair);
  }

  void complain(const Error& error) {
    env_.log.warn("a connection could not be carried on", {{"of", config_.name}, {"why", error.what}});
  }

  Env& env_;
  ForwarderConfig config_;
  Choose choose_;
  tcp::acceptor acceptor_;
  std::shared_ptr<Count> count_ = std::make_shared<Count>();
  TaskGroup tasks_;
};

Result<> open_acceptor(tcp::acceptor& acceptor, const tcp::endpoint& at) {
  error_code error;
  acceptor.open(at.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(at, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return fail(Errc::unavailable, error.message() + "; choose another port");
  return {};
}

}  // namespace

Result<std::unique_ptr<Forwarder>> Forwarder::listen(boost::asio::io_context& context, Env& env,
                                                     ForwarderConfig config, Choose choose) {
  const auto doing = fmt::format("listen on {}:{} for {}", config.bind, config.port, config.name);
  error_code error;
  const auto address = boost::asio::ip::make_address(config.bind, error);
  if (error) return fail(Errc::invalid, fmt::format("{}: {} is no address", doing, config.bind));
  tcp::acceptor acceptor(context);
  const tcp::endpoint at(address, config.port);
  FW_TRY_DO(within(net::in_namespace(config.network_namespace, [&] { return open_acceptor(acceptor, at); }), doing));
  return std::make_unique<RunningForwarder>(context, env, std::move(config), std::move(choose), std::move(acceptor));
}

}  // namespace fairway::lab
