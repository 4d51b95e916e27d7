#include "http/client.h"

#include <fmt/format.h>
#include <boost/asio/error.hpp>

#include "base/strings.h"
#include "http/origin.h"
#include "http/parser.h"
#include "http/tls_files.h"
#include "http/wire.h"
#include "net/stream.h"
#include "net/tls.h"
#include "runtime/deadlines.h"

namespace fairway::http {
namespace {

using boost::system::error_code;

constexpr std::size_t read_size = 16 * 1024;
constexpr std::size_t max_header_bytes = 256 * 1024;

// Shared by the client and what it has under way, so that a streamed body may outlive the client.
struct Pool {
  Pool(boost::asio::io_context& of, Env& with, ClientConfig configured, Origin to)
      : config(std::move(configured)), origin(std::move(to)), env(with), deadlines(of, with) {}

  ClientConfig config;
  Origin origin;
  Env& env;
  Deadlines deadlines;
  std::optional<net::TlsContext> tls;
  std::vector<std::unique_ptr<net::Stream>> idle;  // the last used at the back

  [[nodiscard]] std::unique_ptr<net::Stream> wrap(net::Socket socket) const {
    if (!tls) return net::plain_stream(std::move(socket));
    const std::string& name = config.tls.server_name.empty() ? origin.host : config.tls.server_name;
    return net::tls_client_stream(std::move(socket), *tls, name);
  }

  // One that is still good, or null. Dead ones on the way are dropped.
  std::unique_ptr<net::Stream> take() {
    while (!idle.empty()) {
      auto stream = std::move(idle.back());
      idle.pop_back();
      if (stream->idle()) return stream;
    }
    return nullptr;
  }

  void put_back(std::unique_ptr<net::Stream> stream) {
    if (config.max_idle_connections == 0) return;
    if (idle.size() >= config.max_idle_connections) idle.erase(idle.begin());
    idle.push_back(std::move(stream));
  }
};

bool is_idempotent(std::string_view method) {
  static constexpr std::array methods{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};
  return std::ranges::find(methods, method) != methods.end();
}

// A request as bytes, with what the errors about it say.
struct Outgoing {
  std::string head;
  std::string body;
  std::string
      name;  // "GET http://127.0.0.1:9876/v2.0/networks": the query stays out, it may hold what a log must not
  bool to_head = false;
  bool idempotent = false;
  SteadyTime end;
};

Result<Outgoing> to_outgoing(const Pool& pool, Request request) {
  const auto odd = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  Outgoing out;
  const std::string target = pool.origin.prefix + request.target;
  out.name = fmt::format("{} {}{}", request.method, pool.origin.name,
                         target.substr(pool.origin.prefix.size(), request.target.find('?')));
  if (std::ranges::any_of(target, odd) || request.method.empty() || std::ranges::any_of(request.method, odd)) {
    return fail(Errc::invalid, out.name + ": a space or control byte must be percent-encoded");
  }
  fmt::format_to(std::back_inserter(out.head), "{} {} HTTP/1.1\r\n", request.method, target.empty() ? "/" : target);
  if (!request.headers.find("Host")) append_header(out.head, "Host", pool.origin.host_header);
  if (!request.headers.find("User-Agent")) append_header(out.head, "User-Agent", pool.config.user_agent);
  append_headers_but_framing(out.head, request.headers);
  const bool wants_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (wants_body || !request.body.empty())
    append_header(out.head, "Content-Length", std::to_string(request.body.size()));
  out.head += "\r\n";
  out.body = std::move(request.body);
  out.to_head = request.method == "HEAD";
  out.idempotent = is_idempotent(request.method);
  out.end = pool.env.clock.steady() + pool.config.request_timeout;
  return out;
}

// One request on one connection.
class Exchange {
 public:
  Exchange(std::shared_ptr<Pool> pool, const Outgoing& out, std::size_t max_body_bytes)
      : pool_(std::move(pool)),
        parser_(max_header_bytes, max_body_bytes, out.to_head),
        deadline_(pool_->deadlines, [this] { when_expired(); }) {}

  // The connection of this exchange is a pooled one, unless `fresh`, or newly made.
  Task<Result<>> connect(bool fresh);
  // Writes the request and reads the answer's header.
  Task<Result<>> begin(const Outgoing& out);
  // Reads on until there is more of the body, or its end.
  Task<Result<>> advance();

  void limit(Duration from_now) { deadline_.set(from_now); }
  void no_limit() { deadline_.clear(); }
  [[nodiscard]] bool done() const { return parser_.done(); }
  [[nodiscard]] Response& response() { return parser_.response(); }
  // The connection goes back to the pool, if the answer leaves it usable.
  void finish();

  // A pooled connection was dead already: the request was, to all appearances, never seen.
  [[nodiscard]] bool was_stale() const { return reused_ && !parser_.started() && !deadline_.passed(); }
  [[nodiscard]] bool maybe_sent() const { return maybe_sent_; }

 private:
  void when_expired();

  std::shared_ptr<Pool> pool_;
  net::Connecting connecting_;
  std::unique_ptr<net::Stream> stream_;
  ResponseParser parser_;
  Deadline deadline_;
  std::string input_;
  bool reused_ = false;
  bool maybe_sent_ = false;
  bool ended_ = false;
};

Task<Result<>> Exchange::connect(bool fresh) {
  if (!fresh) stream_ = pool_->take();
  reused_ = stream_ != nullptr;
  if (reused_) co_return Result<>{};
  deadline_.set(pool_->config.connect_timeout);
  FW_CO_TRY(net::Socket socket, co_await net::connect(connecting_, pool_->origin.host, pool_->origin.port));
  stream_ = pool_->wrap(std::move(socket));
  const Result<> shaken = co_await stream_->handshake();
  if (deadline_.passed()) co_return fail(Errc::timeout, "the TLS handshake took too long");
  co_return shaken;
}

Task<Result<>> Exchange::begin(const Outgoing& out) {
  deadline_.set(out.end - pool_->env.clock.steady());
  maybe_sent_ = true;
  // A server may refuse before it has read all: what it said counts more than that we could not go on.
  const error_code written = co_await stream_->write(out.head, out.body);
  if (written) ended_ = true;
  while (!parser_.header_done()) {
    Result<> read = co_await advance();
    if (!read && written && !deadline_.passed()) co_return fail(Errc::unavailable, "send: " + written.message());
    if (!read) co_return read;
  }
  co_return Result<>{};
}

Task<Result<>> Exchange::advance() {
  const std::size_t before = input_.size();
  input_.resize_and_overwrite(before + read_size, [](char*, std::size_t size) { return size; });
  const net::Moved moved = co_await stream_->read_some(boost::asio::buffer(input_.data() + before, read_size));
  input_.resize(before + moved.bytes);
  if (deadline_.passed()) co_return fail(Errc::timeout, "no answer in time");
  if (moved.error) {
    ended_ = true;
    if (moved.error != boost::asio::error::eof)
      co_return fail(Errc::unavailable, "read the answer: " + moved.error.message());
    const auto missing = parser_.end();
    if (missing) co_return fail(Errc::unavailable, "read the answer: " + missing->what);
    co_return Result<>{};
  }
  const Parsed parsed = parser_.put(input_);
  input_.erase(0, parsed.consumed);
  if (parsed.fault && parsed.fault->status == 413) {
    co_return fail(Errc::too_large,
                   fmt::format("the answer's body has more than {} bytes", pool_->config.max_body_bytes));
  }
  if (parsed.fault) co_return fail(Errc::unavailable, "the answer is not HTTP: " + parsed.fault->what);
  co_return Result<>{};
}

void Exchange::finish() {
  deadline_.clear();
  const bool usable = stream_ && parser_.done() && parser_.keep_alive() && input_.empty() && !ended_;
  if (usable) pool_->put_back(std::move(stream_));
  stream_.reset();
}

// Closed, not only cancelled: what the exchange does next, such as reading an answer to a request that could not be
// written, would wait without a limit.
void Exchange::when_expired() {
  if (stream_) {
    stream_->close();
  } else {
    connecting_.cancel();
  }
}

Error explain(Error error, const Outgoing& out, bool maybe_sent) {
  Error told = std::move(error).within(out.name);
  if (maybe_sent && !out.idempotent) told.what += " (maybe_sent: the server may have done it)";
  return told;
}

// Until the answer's header is there.
Task<Result<std::unique_ptr<Exchange>>> start(std::shared_ptr<Pool> pool, const Outgoing& out,
                                              std::size_t max_body_bytes) {
  for (bool again = false;; again = true) {
    auto exchange = std::make_unique<Exchange>(pool, out, max_body_bytes);
    Result<> done = co_await exchange->connect(again);
    if (done) done = co_await exchange->begin(out);
    if (done) co_return std::move(exchange);
    const bool retry = !again && exchange->was_stale() && out.idempotent;
    if (!retry) co_return std::unexpected(explain(std::move(done).error(), out, exchange->maybe_sent()));
  }
}

class StreamedBody final : public BodyReader {
 public:
  StreamedBody(std::unique_ptr<Exchange> exchange, std::string name)
      : exchange_(std::move(exchange)), name_(std::move(name)) {
    exchange_->no_limit();
  }
  [[nodiscard]] int status() const override { return exchange_->response().status; }
  [[nodiscard]] const Headers& headers() const override { return exchange_->response().headers; }

  Task<Result<std::string>> read_some(Duration idle) override {
    std::string& body = exchange_->response().body;
    exchange_->limit(idle);
    while (body.empty() && !exchange_->done()) {
      Result<> read = co_await exchange_->advance();
      if (!read) co_return std::unexpected(std::move(read).error().within(name_));
    }
    exchange_->no_limit();
    if (body.empty()) exchange_->finish();
    co_return std::exchange(body, {});
  }

 private:
  std::unique_ptr<Exchange> exchange_;
  std::string name_;
};

class PooledClient final : public Client {
 public:
  explicit PooledClient(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}
  ~PooledClient() override {
    pool_->config.max_idle_connections = 0;
    pool_->idle.clear();
  }

  Task<Result<Response>> send(Request request) override { return send(pool_, std::move(request)); }
  Task<Result<std::unique_ptr<BodyReader>>> open(Request request) override { return open(pool_, std::move(request)); }

 private:
  static Task<Result<Response>> send(std::shared_ptr<Pool> pool, Request request) {
    FW_CO_TRY(const Outgoing out, to_outgoing(*pool, std::move(request)));
    FW_CO_TRY(const auto exchange, co_await start(pool, out, pool->config.max_body_bytes));
    while (!exchange->done()) {
      Result<> read = co_await exchange->advance();
      if (!read) co_return std::unexpected(explain(std::move(read).error(), out, true));
    }
    exchange->finish();
    co_return std::move(exchange->response());
  }

  static Task<Result<std::unique_ptr<BodyReader>>> open(std::shared_ptr<Pool> pool, Request request) {
    FW_CO_TRY(const Outgoing out, to_outgoing(*pool, std::move(request)));
    FW_CO_TRY(auto exchange, co_await start(pool, out, unlimited));
    co_return std::make_unique<StreamedBody>(std::move(exchange), out.name);
  }

  std::shared_ptr<Pool> pool_;
};

}  // namespace

Result<std::unique_ptr<Client>> make_client(boost::asio::io_context& context, Env& env, ClientConfig config) {
  FW_TRY(Origin origin, parse_origin(config.origin));
  auto pool = std::make_shared<Pool>(context, env, std::move(config), std::move(origin));
  if (pool->origin.tls) {
    FW_TRY(pool->tls, within(make_tls_context(pool->config.tls), "client of " + pool->origin.name));
  }
  return std::make_unique<PooledClient>(std::move(pool));
}

}  // namespace fairway::http
