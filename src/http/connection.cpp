#include "http/connection.h"

#include <charconv>
#include <ctime>

#include <fmt/format.h>
#include <boost/asio/error.hpp>

#include "base/strings.h"
#include "http/wire.h"
#include "runtime/loop.h"

namespace fairway::http {
namespace {

using boost::system::error_code;

constexpr std::size_t read_size = 16 * 1024;
// After a refusal the peer may still be sending: its bytes are dropped for so long, since closing at once would reset
// the connection and with it, often, our answer.
constexpr std::chrono::seconds linger{5};

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

ServerMetrics::ServerMetrics(Metrics& metrics, const std::string& server)
    : requests{},
      duration(metrics.histogram(
          "fairway_http_request_duration_seconds", "From a request's last byte to its answer's, streams left out.",
          {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}, {{"server", server}})),
      open(metrics.gauge("fairway_http_open_connections", "Connections open now.", {{"server", server}})) {
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const MetricLabels labels{{"server", server}, {"code", fmt::format("{}xx", i + 1)}};
    requests[i] =
        &metrics.counter("fairway_http_requests_total", "Requests answered, by class of the status code.", labels);
  }
}

ServerCore::ServerCore(boost::asio::io_context& of, Env& with, std::string named, ServerConfig configured)
    : context(of),
      env(with),
      name(std::move(named)),
      config(std::move(configured)),
      metrics(env.metrics, name),
      deadlines(of, with) {}

const std::string& ServerCore::date_line() {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(env.clock.wall().time_since_epoch()).count();
  if (now == date_second_) return date_line_;
  const std::time_t seconds = now;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  date_line_ = fmt::format("Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n",
                           days.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                           months.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900, parts.tm_hour,
                           parts.tm_min, parts.tm_sec);
  date_second_ = now;
  return date_line_;
}

// Writes chunks (RFC 9112, section 7.1), or plain bytes to a peer of HTTP/1.0, for which the end is the close.
class Connection::Writer final : public BodyWriter {
 public:
  Writer(Connection& connection, bool chunked) : connection_(connection), chunked_(chunked) {
    connection_.writer_ = this;
  }
  ~Writer() override { connection_.writer_ = nullptr; }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Task<Result<>> write(std::string_view bytes) override {
    if (closed()) co_return fail(Errc::unavailable, "the peer has closed, or the server stops");
    if (bytes.empty()) co_return Result<>{};
    chunk_.clear();
    if (chunked_) fmt::format_to(std::back_inserter(chunk_), "{:x}\r\n", bytes.size());
    chunk_ += bytes;
    if (chunked_) chunk_ += "\r\n";
    const bool written = co_await connection_.write(chunk_);
    if (written) co_return Result<>{};
    connection_.peer_gone();
    co_return fail(Errc::unavailable, "the peer has closed");
  }

  [[nodiscard]] bool closed() const override { return connection_.gone_; }

  void on_closed(std::function<void()> callback) override {
    callback_ = std::move(callback);
    if (closed()) tell();
  }

  void tell() {
    if (const auto callback = std::exchange(callback_, nullptr)) callback();
  }

 private:
  Connection& connection_;
  bool chunked_;
  std::string chunk_;
  std::function<void()> callback_;
};

Connection::Connection(std::shared_ptr<ServerCore> core, std::unique_ptr<net::Stream> stream, std::string peer)
    : core_(std::move(core)),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      deadline_(core_->deadlines, [this] { when_expired(); }),
      parser_(core_->config.max_header_bytes, core_->config.max_body_bytes) {
  core_->connections.insert(this);
  core_->metrics.open.set(static_cast<double>(core_->connections.size()));
}

Connection::~Connection() {
  core_->connections.erase(this);
  core_->metrics.open.set(static_cast<double>(core_->connections.size()));
  core_->one_left.notify_all();
}

Task<> Connection::run(std::shared_ptr<Connection> self) {
  self->deadline_.set(self->core_->config.header_timeout);
  const Result<> opened = co_await self->stream_->handshake();
  if (opened && !self->core_->stopping) {
    co_await self->serve();
  } else if (!opened) {
    const auto& core = *self->core_;
    core.env.log.debug("TLS handshake failed",
                       {{"server", core.name}, {"peer", self->peer_}, {"cause", opened.error().what}});
  }
  self->gone_ = true;
  self->stream_->close();
  while (self->watching_) co_await self->watch_ended_.wait();
}

Task<> Connection::serve() {
  while (keep_alive_) {
    const Got got = co_await receive();
    // One that was cut off has nobody to answer for, though its last bytes had been read: the server may be gone.
    if (got == Got::end || gone_) co_return;
    if (got == Got::fault) {
      co_await send_fault();
      co_return;
    }
    phase_ = Phase::handling;
    deadline_.clear();
    Request& request = parser_.request();
    request.peer = peer_;
    request.peer_common_name = stream_->identity().common_name;
    request.peer_organizations = stream_->identity().organizations;
    const bool more = co_await answer(request);
    if (!more || core_->stopping) co_return;
  }
}

// One whole request from the bytes that are here and those still to come.
Task<Connection::Got> Connection::receive() {
  const auto& config = core_->config;
  parser_.reset();
  phase_ = Phase::idle;
  deadline_.set(config.idle_timeout);
  bool in_body = false;
  while (true) {
    if (!parser_.header_done()) input_.erase(0, std::min(input_.find_first_not_of("\r\n"), input_.size()));
    if (phase_ == Phase::idle && !input_.empty()) {
      phase_ = Phase::receiving;
      deadline_.set(config.header_timeout);
    }
    const Parsed parsed = parser_.put(input_);
    input_.erase(0, parsed.consumed);
    if (parsed.fault) co_return refuse(parsed.fault->status, parsed.fault->what);
    if (parser_.done()) break;
    if (parser_.header_done() && !in_body) {
      in_body = true;
      deadline_.set(config.body_timeout);
      const bool waits = parser_.expects_continue() && !parser_.is_http_1_0() && input_.empty();
      if (waits) (void)co_await stream_->write("HTTP/1.1 100 Continue\r\n\r\n");
      if (!input_.empty()) continue;
    }
    const Got more = co_await receive_more(in_body);
    if (more != Got::request) co_return more;
  }
  keep_alive_ = parser_.keep_alive();
  co_return Got::request;
}

Task<Connection::Got> Connection::receive_more(bool in_body) {
  // A deadline may pass between two reads, or when a read has just succeeded: then there is nothing to cancel.
  const auto late = [this] { return deadline_.passed() && phase_ == Phase::receiving; };
  error_code error;
  if (!late()) error = co_await fill();
  if (late())
    co_return refuse(408, in_body ? "the body did not arrive in time" : "the request did not arrive in time");
  if (!error) co_return Got::request;
  const bool truncated = error == boost::asio::error::eof && phase_ == Phase::receiving;
  if (truncated) co_return refuse(400, "the request ended before it was whole");
  co_return Got::end;
}

Connection::Got Connection::refuse(int status, std::string_view what) {
  fault_ = core_->fault ? core_->fault(status, what)
                        : Response::text(status, fmt::format("{} {}: {}\n", status, reason(status), what));
  fault_->status = status;
  fault_->stream = nullptr;
  return Got::fault;
}

Task<> Connection::send_fault() {
  phase_ = Phase::answering;
  keep_alive_ = false;
  Response response = *std::move(fault_);
  core_->metrics.requests[static_cast<std::size_t>(response.status / 100 - 1)]->add();
  write_head(response, fmt::format("Content-Length: {}\r\n", response.body.size()));
  const bool written = co_await write(head_, response.body);
  if (!written) co_return;
  stream_->end_output();
  deadline_.set(linger);
  error_code error;
  while (!error) {
    input_.clear();
    error = co_await fill();
  }
}

Task<bool> Connection::answer(Request& request) {
  const SteadyTime begun = core_->env.clock.steady();
  Response response;
  if (core_->upgrades && request.headers.find("Upgrade")) {
    Upgrade upgrade = co_await core_->upgrades(request);
    const bool over = upgrade.go_on && co_await take_over(upgrade);
    if (over) co_return false;
    response = std::move(upgrade.response);
  } else {
    response = co_await core_->handler(request);
  }
  FW_CHECK(response.status >= 200 && response.status < 600);
  phase_ = Phase::answering;
  core_->metrics.requests[static_cast<std::size_t>(response.status / 100 - 1)]->add();
  if (response.stream && may_have_body(response.status) && request.method != "HEAD") {
    const bool more = co_await send_stream(response);
    co_return more;
  }
  const bool more = co_await send_whole(request, response);
  core_->metrics.duration.observe(std::chrono::duration<double>(core_->env.clock.steady() - begun).count());
  co_return more;
}

Task<bool> Connection::take_over(Upgrade& upgrade) {
  FW_CHECK(upgrade.response.status == 101);
  phase_ = Phase::answering;
  taken_over_ = true;
  core_->metrics.requests[0]->add();
  head_ = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n";
  append_headers_but_framing(head_, upgrade.response.headers);
  head_ += "\r\n";
  const bool written = co_await write(head_);
  if (written) co_await upgrade.go_on(*stream_, std::move(input_));
  co_return true;
}

bool Connection::will_close(const Response& response) const {
  const auto asked = response.headers.find("Connection");
  return !keep_alive_ || core_->stopping || (asked && to_lower(*asked) == "close");
}

void Connection::write_head(const Response& response, std::string_view framing) {
  keep_alive_ = !will_close(response);
  head_.clear();
  fmt::format_to(std::back_inserter(head_), "HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
  append_headers_but_framing(head_, response.headers);
  head_ += core_->date_line();
  if (!keep_alive_) {
    head_ += "Connection: close\r\n";
  } else if (parser_.header_done() && parser_.is_http_1_0()) {
    head_ += "Connection: keep-alive\r\n";
  }
  head_ += framing;
  head_ += "\r\n";
}

Task<bool> Connection::send_whole(const Request& request, Response& response) {
  const bool has_body = may_have_body(response.status);
  const bool streamed = static_cast<bool>(response.stream);  // to HEAD: how it would be framed is all that is said
  std::string framing;
  if (streamed) {
    framing = "Transfer-Encoding: chunked\r\n";
  } else if (has_body) {
    framing = fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  write_head(response, framing);
  const bool silent = !has_body || streamed || request.method == "HEAD";
  const bool written = co_await write(head_, silent ? std::string_view{} : std::string_view(response.body));
  co_return written&& keep_alive_;
}

Task<bool> Connection::send_stream(Response& response) {
  const bool chunked = !parser_.is_http_1_0();
  if (!chunked) keep_alive_ = false;
  write_head(response, chunked ? "Transfer-Encoding: chunked\r\n" : "");
  const bool begun = co_await write(head_);
  if (!begun) co_return false;
  if (!watching_) {
    watching_ = true;
    spawn_task(core_->context, core_->env.log, core_->name + ": watch for the peer's end", watch(shared_from_this()));
  }
  Writer writer(*this, chunked);
  co_await response.stream(writer);
  // A stream that the server's stop ended is whole to its reader; one whose peer has gone has none.
  if (chunked) {
    const bool ended = co_await write("0\r\n\r\n");
    co_return ended&& keep_alive_ && !gone_;
  }
  co_return false;
}

Task<bool> Connection::write(std::string_view first, std::string_view second) {
  deadline_.set(core_->config.write_timeout);
  const error_code error = co_await stream_->write(first, second);
  deadline_.clear();
  co_return !error;
}

Task<error_code> Connection::fill() {
  if (watching_) {
    while (watching_) co_await watch_ended_.wait();
    co_return watch_error_;
  }
  if (watch_error_) co_return watch_error_;
  const std::size_t before = input_.size();
  input_.resize_and_overwrite(before + read_size, [](char*, std::size_t size) { return size; });
  const net::Moved moved = co_await stream_->read_some(boost::asio::buffer(input_.data() + before, read_size));
  input_.resize(before + moved.bytes);
  co_return moved.error;
}

// What a peer sends while it is being streamed to is its next request: one piece is kept for it, and the watch ends
// there.
Task<> Connection::watch(std::shared_ptr<Connection> self) {
  std::string piece(read_size, '\0');
  const net::Moved moved = co_await self->stream_->read_some(boost::asio::buffer(piece));
  self->input_.append(piece, 0, moved.bytes);
  self->watching_ = false;
  self->watch_error_ = moved.error;
  if (moved.error) self->peer_gone();
  self->watch_ended_.notify_all();
}

void Connection::peer_gone() {
  gone_ = true;
  if (writer_ != nullptr) writer_->tell();
}

void Connection::when_expired() {
  // A read that is late gets an answer; a peer that does not read ours gets none.
  if (phase_ == Phase::opening || phase_ == Phase::answering) {
    abort();
  } else {
    stream_->cancel();
  }
}

void Connection::stop() {
  if (phase_ == Phase::opening || phase_ == Phase::idle || taken_over_) {
    abort();
  } else if (writer_ != nullptr) {
    peer_gone();
  }
}

void Connection::abort() {
  gone_ = true;
  stream_->close();
  if (writer_ != nullptr) writer_->tell();
}

}  // namespace fairway::http
