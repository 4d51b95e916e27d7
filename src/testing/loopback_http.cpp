#include "testing/loopback_http.h"

#include <deque>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "runtime/sync.h"

namespace fairway::testing {
namespace {

// What both ends of a stream share.
struct Pipe {
  std::deque<std::string> pieces;
  bool ended = false;   // by the writer
  bool closed = false;  // by the reader
  std::function<void()> on_closed;
  Notify changed;

  void close() {
    closed = true;
    if (auto callback = std::exchange(on_closed, {})) callback();
  }
};

class PipeWriter final : public http::BodyWriter {
 public:
  explicit PipeWriter(std::shared_ptr<Pipe> pipe) : pipe_(std::move(pipe)) {}
  Task<Result<>> write(std::string_view bytes) override {
    if (pipe_->closed) co_return fail(Errc::unavailable, "the reader is gone");
    pipe_->pieces.emplace_back(bytes);
    pipe_->changed.notify_all();
    co_return Result<>{};
  }
  [[nodiscard]] bool closed() const override { return pipe_->closed; }
  void on_closed(std::function<void()> callback) override { pipe_->on_closed = std::move(callback); }

 private:
  std::shared_ptr<Pipe> pipe_;
};

class PipeReader final : public http::BodyReader {
 public:
  PipeReader(int status, http::Headers headers, std::shared_ptr<Pipe> pipe)
      : status_(status), headers_(std::move(headers)), pipe_(std::move(pipe)) {}
  PipeReader(const PipeReader&) = delete;
  PipeReader& operator=(const PipeReader&) = delete;
  ~PipeReader() override { pipe_->close(); }

  [[nodiscard]] int status() const override { return status_; }
  [[nodiscard]] const http::Headers& headers() const override { return headers_; }
  Task<Result<std::string>> read_some(Duration /*idle*/) override {
    const auto pipe = pipe_;
    while (pipe->pieces.empty() && !pipe->ended) co_await pipe->changed.wait();
    if (pipe->pieces.empty()) co_return std::string();
    std::string piece = std::move(pipe->pieces.front());
    pipe->pieces.pop_front();
    co_return piece;
  }

 private:
  int status_;
  http::Headers headers_;
  std::shared_ptr<Pipe> pipe_;
};

Task<> pump(http::BodyStream stream, std::shared_ptr<Pipe> pipe) {
  PipeWriter writer(pipe);
  co_await stream(writer);
  pipe->ended = true;
  pipe->changed.notify_all();
}

class Loopback final : public http::Client {
 public:
  Loopback(Env& env, Wire& wire, std::string prefix, http::Handler handler)
      : env_(env), wire_(wire), prefix_(std::move(prefix)), handler_(std::move(handler)) {}

  Task<Result<http::Response>> send(http::Request request) override {
    const auto fault = note(request);
    if (fault.delay > Duration(0)) co_await env_.timers.sleep(fault.delay);
    if (fault.refuse) co_return fail(Errc::unavailable, "connection refused");
    if (fault.instead) co_return *fault.instead;
    auto response = co_await handler_(request);
    FW_CHECK(!response.stream);
    if (fault.lose_answer) co_return fail(Errc::unavailable, "connection reset (maybe_sent)");
    co_return response;
  }

  Task<Result<std::unique_ptr<http::BodyReader>>> open(http::Request request) override {
    const auto fault = note(request);
    if (fault.refuse || fault.lose_answer) co_return fail(Errc::unavailable, "connection refused");
    auto response = fault.instead ? *fault.instead : http::Response{};
    if (!fault.instead) response = co_await handler_(request);
    const auto pipe = std::make_shared<Pipe>();
    auto reader = std::make_unique<PipeReader>(response.status, response.headers, pipe);
    if (response.stream) {
      boost::asio::co_spawn(co_await boost::asio::this_coro::executor, pump(std::move(response.stream), pipe),
                            boost::asio::detached);
    } else {
      if (!response.body.empty()) pipe->pieces.push_back(std::move(response.body));
      pipe->ended = true;
    }
    co_return std::unique_ptr<http::BodyReader>(std::move(reader));
  }

 private:
  Env& env_;
  Wire& wire_;
  std::string prefix_;
  http::Handler handler_;

  Fault note(http::Request& request) {
    request.target = prefix_ + request.target;
    const auto question = request.target.find('?');
    request.path = request.target.substr(0, question);
    request.query = http::Query::parse(
        question == std::string::npos ? "" : std::string_view(request.target).substr(question + 1));
    wire_.requests.push_back(request.method + " " + request.target);
    return wire_.fault ? wire_.fault(request) : Fault{};
  }
};

}  // namespace

std::size_t Wire::count(std::string_view prefix) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(requests, [&](const auto& line) { return line.starts_with(prefix); }));
}

std::unique_ptr<http::Client> make_loopback(Env& env, Wire& wire, std::string prefix, http::Handler handler) {
  return std::make_unique<Loopback>(env, wire, std::move(prefix), std::move(handler));
}

}  // namespace fairway::testing
