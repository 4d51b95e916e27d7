#include "http/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/connection.h"
#include "http/tls_files.h"
#include "net/namespace.h"
#include "net/tls.h"
#include "runtime/loop.h"

namespace fairway::http {
namespace {

using boost::system::error_code;
using Protocol = boost::asio::generic::stream_protocol;
using Acceptor = boost::asio::basic_socket_acceptor<Protocol>;
using boost::asio::ip::tcp;

constexpr std::string_view unix_prefix = "unix:";
constexpr std::chrono::milliseconds after_failed_accept{100};
constexpr std::chrono::milliseconds after_abort{200};

// Shared by the server and its accepting coroutine.
struct Listening {
  std::shared_ptr<ServerCore> core;
  Acceptor acceptor;
  std::string socket_path;  // of a Unix socket; removed at the end
  std::uint16_t port = 0;
  std::optional<net::TlsContext> tls;

  explicit Listening(std::shared_ptr<ServerCore> of) : core(std::move(of)), acceptor(core->context) {}

  void close() {
    if (!acceptor.is_open()) return;
    error_code ignored;
    acceptor.close(ignored);
    if (!socket_path.empty()) ::unlink(socket_path.c_str());
  }
};

// A socket that a killed process left behind is removed; one that somebody serves is not.
Result<> remove_stale_socket(boost::asio::io_context& context, const std::string& path) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode))
    return fail(Errc::already_exists, path + " exists and is no socket; remove it or choose another path");
  boost::asio::local::stream_protocol::socket probe(context);
  error_code error;
  probe.connect(boost::asio::local::stream_protocol::endpoint(path), error);
  if (!error) return fail(Errc::already_exists, path + " is served by another process");
  if (::unlink(path.c_str()) != 0) return fail_errno("remove the stale socket " + path, errno);
  return {};
}

Result<> bind_and_listen(Acceptor& acceptor, const Protocol::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(boost::asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (!error) return {};
  auto failed = fail_errno("listen", error.value());
  if (failed.error().code == Errc::already_exists)
    failed.error().what += "; choose another port, or end who has this one";
  return failed;
}

Result<> open_unix(Listening& listening, const std::string& path) {
  if (path.empty() || path.size() > 107) return fail(Errc::invalid, "a socket's path has 1 to 107 bytes");
  FW_TRY_DO(remove_stale_socket(listening.core->context, path));
  FW_TRY_DO(bind_and_listen(listening.acceptor, boost::asio::local::stream_protocol::endpoint(path)));
  listening.socket_path = path;
  if (::chmod(path.c_str(), 0600) != 0) return fail_errno("set the mode of " + path, errno);
  return {};
}

Result<> open_tcp(Listening& listening, const ServerConfig& config) {
  error_code error;
  const auto address = boost::asio::ip::make_address(config.bind, error);
  if (error) return fail(Errc::invalid, "'" + config.bind + "' is neither an IP address nor unix:/path");
  const tcp::endpoint endpoint(address, config.port);
  const auto open = [&] { return bind_and_listen(listening.acceptor, endpoint); };
  FW_TRY_DO(config.network_namespace.empty() ? open() : net::in_namespace(config.network_namespace, open));
  const auto bound = listening.acceptor.local_endpoint(error);
  tcp::endpoint local;
  FW_CHECK(!error && bound.size() <= local.capacity());
  std::memcpy(local.data(), bound.data(), bound.size());
  listening.port = local.port();
  return {};
}

Task<> accept_all(std::shared_ptr<Listening> listening) {
  const auto core = listening->core;
  while (listening->acceptor.is_open()) {
    // The kernel's queue holds those who come when all places are taken.
    if (core->connections.size() >= core->config.max_connections) {
      co_await core->one_left.wait();
      continue;
    }
    error_code error;
    net::Socket socket(core->context);
    co_await listening->acceptor.async_accept(socket, boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (error == boost::asio::error::operation_aborted || !listening->acceptor.is_open()) co_return;
    if (error) {
      core->env.log.warn("cannot accept a connection", {{"server", core->name}, {"cause", error.message()}});
      co_await core->env.timers.sleep(after_failed_accept);
      continue;
    }
    auto peer = net::peer_name(socket);
    auto stream = listening->tls ? net::tls_server_stream(std::move(socket), *listening->tls)
                                 : net::plain_stream(std::move(socket));
    auto connection = std::make_shared<Connection>(core, std::move(stream), std::move(peer));
    spawn_task(core->context, core->env.log, core->name + ": serve a connection",
               Connection::run(std::move(connection)));
  }
}

class ListeningServer final : public Server {
 public:
  explicit ListeningServer(std::shared_ptr<Listening> listening) : listening_(std::move(listening)) {}
  ~ListeningServer() override {
    listening_->core->stopping = true;
    listening_->close();
    for (const auto& connection : connections()) connection->abort();
  }

  [[nodiscard]] std::uint16_t port() const override { return listening_->port; }

  Task<> stop(Duration patience) override {
    const auto core = listening_->core;
    core->stopping = true;
    listening_->close();
    core->one_left.notify_all();  // an accept loop that waits for a place sees the end
    for (const auto& connection : connections()) connection->stop();
    co_await wait_until_empty(core, patience);
    for (const auto& connection : connections()) connection->abort();
    // What still runs now is a handler's own wait; it finds its connection closed.
    co_await wait_until_empty(core, after_abort);
  }

 private:
  // Held, since telling a stream may end others.
  [[nodiscard]] std::vector<std::shared_ptr<Connection>> connections() const {
    std::vector<std::shared_ptr<Connection>> held;
    for (Connection* connection : listening_->core->connections) {
      if (auto alive = connection->weak_from_this().lock()) held.push_back(std::move(alive));
    }
    return held;
  }

  static Task<> wait_until_empty(std::shared_ptr<ServerCore> core, Duration patience) {
    const SteadyTime end = system_clock().steady() + patience;
    while (!core->connections.empty()) {
      const bool left = co_await core->one_left.wait(end - system_clock().steady());
      if (!left) co_return;
    }
  }

  std::shared_ptr<Listening> listening_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(boost::asio::io_context& context, Env& env, std::string name,
                                               ServerConfig config, Answers answers) {
  auto core = std::make_shared<ServerCore>(context, env, std::move(name), std::move(config));
  core->handler = std::move(answers.handler);
  core->fault = std::move(answers.fault);
  core->upgrades = std::move(answers.upgrades);
  auto listening = std::make_shared<Listening>(core);
  const std::string& bind = core->config.bind;
  const bool is_unix = bind.starts_with(unix_prefix);
  const std::string where = is_unix ? bind : fmt::format("{}:{}", bind, core->config.port);
  FW_TRY_DO(
      within(is_unix ? open_unix(*listening, bind.substr(unix_prefix.size())) : open_tcp(*listening, core->config),
             "serve " + core->name + " on " + where));
  if (core->config.tls) {
    FW_TRY(listening->tls, within(make_tls_context(*core->config.tls), "serve " + core->name + " on " + where));
  }
  spawn_task(context, env.log, core->name + ": accept", accept_all(listening));
  return std::make_unique<ListeningServer>(std::move(listening));
}

}  // namespace fairway::http
