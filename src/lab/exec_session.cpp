#include "lab/exec_session.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/strings.h"
#include "http/websocket.h"
#include "json/value.h"
#include "runtime/loop.h"
#include "runtime/process.h"
#include "runtime/sync.h"

namespace fairway::lab {

namespace {

using Descriptor = boost::asio::posix::stream_descriptor;
using boost::asio::redirect_error;
using boost::asio::use_awaitable;
using boost::system::error_code;

enum Channel : std::uint8_t { input = 0, output = 1, errors = 2, ending = 3, resize = 4, closed = 255 };

constexpr std::array<std::string_view, 2> kProtocols{"v5.channel.k8s.io", "v4.channel.k8s.io"};
constexpr std::chrono::milliseconds kClosePatience{500};

// Our end and the process's of one of its streams.
struct Ends {
  int ours = -1, theirs = -1;
};

Result<Ends> make_pipe(bool to_process) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("make a pipe", errno);
  return to_process ? Ends{ends[1], ends[0]} : Ends{ends[0], ends[1]};
}

class Session {
 public:
  Session(const boost::asio::any_io_executor& executor, net::Stream& stream, std::string received)
      : stream_(stream), socket_(stream, std::move(received)), in_(executor), out_(executor), err_(executor) {}

  static Task<> run(std::shared_ptr<Session> session, ExecRequest request, ExecTarget target) {
    const Result<> begun = session->begin(request, target);
    session->close_theirs();
    if (!begun) {
      (void)co_await session->socket_.write(message(Channel::errors, begun.error().what + "\n"));
      co_await session->finish(126);
      co_return;
    }
    const auto executor = co_await boost::asio::this_coro::executor;
    for (auto [from, channel] :
         {std::pair{&session->out_, Channel::output}, std::pair{&session->err_, Channel::errors}}) {
      if (!from->is_open()) continue;
      ++session->pumps_;
      boost::asio::co_spawn(executor, pump(session, *from, channel), [](const std::exception_ptr&) {});
    }
    session->reading_ = true;
    boost::asio::co_spawn(executor, take_input(session), [](const std::exception_ptr&) {});
    const ProcessEnd end = co_await wait_process(session->process_);
    // What it wrote is there; what it started may live on and hold the pipes, so that their end is not waited for.
    session->ended_ = true;
    error_code ignored;
    session->out_.cancel(ignored);
    session->err_.cancel(ignored);
    while (session->pumps_ > 0) co_await session->changed_.wait();
    co_await session->finish(end.signal == 0 ? end.exit_code : 128 + end.signal);
  }

 private:
  static std::string message(Channel channel, std::string_view text) {
    return static_cast<char>(channel) + std::string(text);
  }

  Result<> begin(const ExecRequest& request, const ExecTarget& target) {
    FW_TRY_DO(request.terminal ? open_terminal() : open_pipes(request));
    ProcessSpec spec;
    spec.argv = {target.program,
                 "lab-exec",
                 target.spec_file,
                 std::to_string(target.pid),
                 std::to_string(theirs_[0]),
                 std::to_string(theirs_[1]),
                 std::to_string(theirs_[2])};
    if (request.terminal) spec.argv.emplace_back("--terminal");
    spec.argv.emplace_back("--");
    spec.argv.insert(spec.argv.end(), request.command.begin(), request.command.end());
    spec.die_with_parent = true;
    for (const int fd : theirs_) {
      if (fd > 0) spec.inherit.push_back(fd);
    }
    FW_TRY(process_, start_process(spec));
    return {};
  }

  Result<> open_pipes(const ExecRequest& request) {
    const std::array wanted{request.in, request.out, request.err};
    const std::array<Descriptor*, 3> ours{&in_, &out_, &err_};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!wanted.at(i)) continue;
      FW_TRY(const Ends ends, make_pipe(i == 0));
      adopt(*ours.at(i), ends.ours);
      theirs_.at(i) = ends.theirs;
    }
    return {};
  }

  static void adopt(Descriptor& descriptor, int fd) {
    descriptor.assign(fd);
    descriptor.non_blocking(true);
  }

  Result<> open_terminal() {
    int ours = -1, theirs = -1;
    if (::openpty(&ours, &theirs, nullptr, nullptr, nullptr) != 0) return fail_errno("make a terminal", errno);
    for (const int fd : {ours, theirs}) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    adopt(out_, ours);
    const int writes = ::fcntl(ours, F_DUPFD_CLOEXEC, 3);
    if (writes >= 0) adopt(in_, writes);
    theirs_ = {theirs, theirs, theirs};
    return {};
  }

  void close_theirs() {
    for (std::size_t i = 0; i < theirs_.size(); ++i) {
      const int fd = theirs_.at(i);
      if (fd > 0 && (i == 0 || fd != theirs_.front())) ::close(fd);
    }
    theirs_ = {0, 0, 0};
  }

  static Task<> pump(std::shared_ptr<Session> session, Descriptor& from, Channel channel) {
    std::array<char, 16 * 1024> piece{};
    const auto room = boost::asio::buffer(piece);
    for (;;) {
      error_code error;
      const bool last = session->ended_;
      const auto got = last ? from.read_some(room, error)
                            : co_await from.async_read_some(room, redirect_error(use_awaitable, error));
      if (error && (last || !session->ended_)) break;
      if (got == 0) continue;
      const auto sent = co_await session->socket_.write(message(channel, std::string_view(piece.data(), got)));
      if (!sent) break;
    }
    --session->pumps_;
    if (session->pumps_ == 0) session->changed_.notify_all();
  }

  // Until the peer goes; then the process is of no use to anybody.
  static Task<> take_input(std::shared_ptr<Session> session) {
    for (;;) {
      const auto got = co_await session->socket_.read();
      if (!got) break;
      if (got->empty()) continue;
      const std::string_view text = std::string_view(*got).substr(1);
      co_await session->take(static_cast<std::uint8_t>(got->front()), text);
    }
    signal_process(session->process_, SIGKILL);
    session->reading_ = false;
    session->changed_.notify_all();
  }

  Task<> take(std::uint8_t channel, std::string_view text) {
    error_code ignored;
    if (channel == Channel::input && in_.is_open()) {
      co_await boost::asio::async_write(in_, boost::asio::buffer(text), redirect_error(use_awaitable, ignored));
    } else if (channel == Channel::closed && !text.empty() && text[0] == Channel::input) {
      in_.close(ignored);
    } else if (channel == Channel::resize && out_.is_open()) {
      const auto size = json::parse(text);
      if (!size) co_return;
      winsize window{};
      window.ws_col = static_cast<unsigned short>(json::int_or(*size, "Width"));
      window.ws_row = static_cast<unsigned short>(json::int_or(*size, "Height"));
      ::ioctl(out_.native_handle(), TIOCSWINSZ, &window);
    }
  }

  Task<> finish(int exit_code) {
    (void)co_await socket_.write(message(Channel::ending, exec_status(exit_code)));
    co_await socket_.close();
    error_code ignored;
    in_.close(ignored);
    stream_.end_output();
    // The peer answers the close by its own; one that does not is left.
    if (reading_) co_await changed_.wait(kClosePatience);
    stream_.close();
    while (reading_) co_await changed_.wait();
  }

  net::Stream& stream_;
  http::WebSocket socket_;
  Descriptor in_, out_, err_;
  std::array<int, 3> theirs_{0, 0, 0};
  ProcessId process_;
  int pumps_ = 0;
  bool reading_ = false, ended_ = false;
  Notify changed_;
};

Task<> serve_exec(net::Stream& stream, std::string received, ExecRequest request, ExecTarget target) {
  const auto session =
      std::make_shared<Session>(co_await boost::asio::this_coro::executor, stream, std::move(received));
  co_await Session::run(session, std::move(request), std::move(target));
}

}  // namespace

ExecRequest read_exec_request(const http::Query& query) {
  const auto flag = [&](std::string_view key) {
    const auto text = query.find(key).value_or("");
    return text == "1" || text == "true";
  };
  ExecRequest request{
      .command = {}, .in = flag("input"), .out = flag("output"), .err = flag("error"), .terminal = flag("tty")};
  for (const std::string_view word : query.all("command")) request.command.emplace_back(word);
  return request;
}

std::string exec_status(int exit_code) {
  if (exit_code == 0) return json::write(json::Object{{"metadata", json::Object{}}, {"status", "Success"}});
  json::Object cause{{"reason", "ExitCode"}, {"message", std::to_string(exit_code)}};
  return json::write(
      json::Object{{"metadata", json::Object{}},
                   {"status", "Failure"},
                   {"message", fmt::format("command terminated with non-zero exit code: exit status {}", exit_code)},
                   {"reason", "NonZeroExitCode"},
                   {"details", json::Object{{"causes", json::Array{std::move(cause)}}}}});
}

http::Upgrade open_exec(const http::Request& request, ExecTarget target) {
  const auto refuse = [](std::string why) {
    return http::Upgrade{.response = http::Response::text(400, std::move(why))};
  };
  if (to_lower(request.headers.find("Upgrade").value_or("")) != "websocket")
    return refuse(
        "the lab's nodes speak WebSocket alone, and this client asked for SPDY: take kubectl 1.31 or newer, or "
        "`fairway lab exec` for a host\n");
  ExecRequest asked = read_exec_request(request.query);
  if (asked.command.empty()) return refuse("you must specify at least one command for the container\n");
  const auto offered = http::offered_protocols(request);
  const auto chosen = std::ranges::find_if(
      kProtocols, [&](std::string_view one) { return std::ranges::find(offered, one) != offered.end(); });
  if (chosen == kProtocols.end())
    return refuse(
        fmt::format("none of the protocols [{}] is {} or {}\n", join(offered, ", "), kProtocols[0], kProtocols[1]));
  http::Upgrade upgrade{.response = http::websocket_response(request, *chosen)};
  if (upgrade.response.status != 101) return upgrade;
  upgrade.go_on = [asked = std::move(asked), target = std::move(target)](net::Stream& stream, std::string received) {
    return serve_exec(stream, std::move(received), asked, target);
  };
  return upgrade;
}

}  // namespace fairway::lab
