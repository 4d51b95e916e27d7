#include "messaging/line_channel.h"

#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "messaging/socket_file.h"

namespace fairway::messaging {
namespace {

using boost::asio::redirect_error;
using boost::asio::use_awaitable;
using boost::asio::local::stream_protocol;

constexpr std::size_t kMostQueued = 64UL * 1024 * 1024;
constexpr std::size_t kLongestLine = 256UL * 1024 * 1024;

void end_of_task(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

// Shared by the channel and those who read and write, which may still be at it when the channel is destroyed.
struct Stream {
  explicit Stream(stream_protocol::socket connected) : socket(std::move(connected)) {}
  stream_protocol::socket socket;
  std::string received;
  std::string queued;
  std::size_t writing = 0;  // bytes that the writer has taken and not yet written
  bool writer_runs = false;
  std::string why_closed;

  void close(std::string why) {
    if (!why_closed.empty()) return;
    why_closed = std::move(why);
    boost::system::error_code ignored;
    socket.close(ignored);
  }
  [[nodiscard]] std::unexpected<Error> gone() const {
    return fail(Errc::unavailable, "message socket: " + why_closed);
  }
};

Task<> write_queued(std::shared_ptr<Stream> stream) {
  while (!stream->queued.empty() && stream->why_closed.empty()) {
    const std::string batch = std::exchange(stream->queued, {});
    stream->writing = batch.size();
    boost::system::error_code error;
    co_await boost::asio::async_write(stream->socket, boost::asio::buffer(batch),
                                      redirect_error(use_awaitable, error));
    stream->writing = 0;
    if (error) stream->close("the peer is gone: " + error.message());
  }
  stream->writer_runs = false;
}

class SocketChannel final : public LineChannel {
 public:
  explicit SocketChannel(stream_protocol::socket socket) : stream_(std::make_shared<Stream>(std::move(socket))) {}
  SocketChannel(const SocketChannel&) = delete;
  SocketChannel& operator=(const SocketChannel&) = delete;
  ~SocketChannel() override { stream_->close("closed"); }

  Result<> send(std::string_view line) override {
    if (!stream_->why_closed.empty()) return stream_->gone();
    stream_->queued += line;
    stream_->queued += '\n';
    if (stream_->queued.size() + stream_->writing > kMostQueued) {
      stream_->close(fmt::format("the peer does not read: cut off with {} bytes queued", stream_->queued.size()));
      return stream_->gone();
    }
    if (!std::exchange(stream_->writer_runs, true)) {
      boost::asio::co_spawn(stream_->socket.get_executor(), write_queued(stream_), end_of_task);
    }
    return {};
  }

  Task<Result<std::string>> receive() override {
    const auto stream = stream_;
    if (!stream->why_closed.empty()) co_return stream->gone();
    boost::system::error_code error;
    const auto size = co_await boost::asio::async_read_until(
        stream->socket, boost::asio::dynamic_buffer(stream->received, kLongestLine), '\n',
        redirect_error(use_awaitable, error));
    if (error) {
      stream->close("the peer is gone: " + error.message());
      co_return stream->gone();
    }
    std::string line = stream->received.substr(0, size - 1);
    stream->received.erase(0, size);
    co_return line;
  }

  void close() override { stream_->close("closed"); }

 private:
  std::shared_ptr<Stream> stream_;
};

struct Listening {
  Listening(boost::asio::io_context& context, SocketFile at) : file(std::move(at)), acceptor(context) {}
  SocketFile file;
  stream_protocol::acceptor acceptor;
  std::uint64_t inode = 0;
};

Result<> start_listening(Listening& listening) {
  FW_TRY_DO(listening.file.remove_stale());
  boost::system::error_code error;
  listening.acceptor.open(stream_protocol(), error);
  // The mode of the socket before bind(2) is the mode of its file: at no instant can others connect.
  if (!error && ::fchmod(listening.acceptor.native_handle(), S_IRUSR | S_IWUSR) != 0) {
    return fail_errno("message socket: set the mode of " + listening.file.path(), errno);
  }
  if (!error) listening.acceptor.bind(listening.file.endpoint(), error);
  if (!error) listening.acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) return fail_errno("message socket: listen on " + listening.file.path(), error.value());
  listening.inode = listening.file.inode();
  return {};
}

Task<> accept_peers(std::shared_ptr<Listening> listening, Env& env,
                    std::function<Task<>(std::unique_ptr<LineChannel>)> serve) {
  const auto executor = co_await boost::asio::this_coro::executor;
  while (listening->acceptor.is_open()) {
    boost::system::error_code error;
    auto socket = co_await listening->acceptor.async_accept(redirect_error(use_awaitable, error));
    if (!error) {
      boost::asio::co_spawn(executor, serve(std::make_unique<SocketChannel>(std::move(socket))), end_of_task);
    } else if (error != boost::asio::error::operation_aborted) {
      env.log.warn("a peer could not be accepted", {{"socket", listening->file.path()}, {"error", error.message()}});
      co_await env.timers.sleep(std::chrono::milliseconds(100));  // out of descriptors: do not spin
    }
  }
}

class SocketAcceptor final : public Acceptor {
 public:
  explicit SocketAcceptor(std::shared_ptr<Listening> listening) : listening_(std::move(listening)) {}
  SocketAcceptor(const SocketAcceptor&) = delete;
  SocketAcceptor& operator=(const SocketAcceptor&) = delete;
  ~SocketAcceptor() override { SocketAcceptor::stop(); }

  void stop() override {
    if (!listening_->acceptor.is_open()) return;
    boost::system::error_code ignored;
    listening_->acceptor.close(ignored);
    if (listening_->file.inode() == listening_->inode) std::remove(listening_->file.path().c_str());
  }

 private:
  std::shared_ptr<Listening> listening_;
};

}  // namespace

Task<Result<std::unique_ptr<LineChannel>>> connect_lines(std::string address) {
  FW_CO_TRY(auto path, socket_path(address));
  FW_CO_TRY(const auto file, SocketFile::at(std::move(path)));
  stream_protocol::socket socket(co_await boost::asio::this_coro::executor);
  boost::system::error_code error;
  co_await socket.async_connect(file.endpoint(), redirect_error(use_awaitable, error));
  if (error) {
    co_return fail(Errc::unavailable, fmt::format("message socket: connect to {}: {}", file.path(), error.message()));
  }
  std::unique_ptr<LineChannel> channel = std::make_unique<SocketChannel>(std::move(socket));
  co_return channel;
}

Result<std::unique_ptr<Acceptor>> accept_lines(boost::asio::io_context& context, Env& env, std::string address,
                                               std::function<Task<>(std::unique_ptr<LineChannel>)> serve) {
  FW_TRY(auto path, socket_path(address));
  FW_TRY(auto file, SocketFile::at(std::move(path)));
  auto listening = std::make_shared<Listening>(context, std::move(file));
  FW_TRY_DO(start_listening(*listening));
  boost::asio::co_spawn(context, accept_peers(listening, env, std::move(serve)), end_of_task);
  return std::make_unique<SocketAcceptor>(std::move(listening));
}

}  // namespace fairway::messaging
