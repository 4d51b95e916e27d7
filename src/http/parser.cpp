#include "http/parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/strings.h"

namespace fairway::http {
namespace {

namespace beast = boost::beast;
using beast::http::error;
using ErrorCode = beast::error_code;
using ContentLength = boost::optional<std::uint64_t>;

// A body's announced length is believed only so far before its bytes are there.
constexpr std::uint64_t max_reserve = 256 * 1024;

std::string_view to_view(beast::string_view text) { return {text.data(), text.size()}; }

void reserve(std::string& body, const ContentLength& length) {
  if (length) body.reserve(static_cast<std::size_t>(std::min(*length, max_reserve)));
}

ParseFault to_fault(const ErrorCode& code) {
  if (code == error::header_limit) return {431, "the request line and headers are too large"};
  if (code == error::body_limit) return {413, "the body is too large"};
  return {400, code.message()};
}

// Beast's message for a peer that ends too early is "partial message".
std::optional<ParseFault> fault_of(const ErrorCode& code) {
  if (!code || code == error::need_more) return std::nullopt;
  return to_fault(code);
}

class RequestSink final : public beast::http::basic_parser<true> {
 public:
  Request request;
  std::optional<ParseFault> fault;
  bool expects_continue = false;
  bool has_host = false;
  bool http_1_0 = false;

 private:
  // A fault of our own: any error stops Beast; `fault` says what it was.
  void refuse(ErrorCode& ec, std::string what) {
    fault = ParseFault{400, std::move(what)};
    ec = error::bad_field;
  }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       ErrorCode& ec) override {
    http_1_0 = version < 11;
    request.method = to_view(method);
    request.target = origin_form(to_view(target));
    if (request.target != "*" && !request.target.starts_with('/')) {
      refuse(ec, "the request target is neither a path nor an http URL");
      return;
    }
    const std::string_view whole = request.target;
    const auto question = whole.find('?');
    request.path = whole.substr(0, question);
    if (question != std::string_view::npos) request.query = Query::parse(whole.substr(question + 1));
  }

  // RFC 9112, section 3.2.2: a server must accept the absolute form too.
  static std::string_view origin_form(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
      if (!target.starts_with(scheme)) continue;
      const auto slash = target.find_first_of("/?", scheme.size());
      if (slash == std::string_view::npos) return "/";
      return target[slash] == '/' ? target.substr(slash) : std::string_view{};
    }
    return target;
  }

  void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}

  void on_field_impl(beast::http::field name, beast::string_view text, beast::string_view value,
                     ErrorCode& ec) override {
    if (name == beast::http::field::host) {
      if (std::exchange(has_host, true)) refuse(ec, "more than one Host header");
    } else if (name == beast::http::field::expect) {
      expects_continue = to_lower(to_view(value)) == "100-continue";
    }
    request.headers.add(to_view(text), std::string(to_view(value)));
  }

  // RFC 9112, section 3.2: a request of 1.1 without Host is refused. Section 6.1: a coding that is not understood
  // too.
  void on_header_impl(ErrorCode& ec) override {
    if (!http_1_0 && !has_host) refuse(ec, "missing required Host header");
    const auto coding = request.headers.find("Transfer-Encoding");
    if (coding && to_lower(*coding) != "chunked") refuse(ec, "unsupported Transfer-Encoding");
    if (coding && http_1_0) refuse(ec, "Transfer-Encoding needs HTTP/1.1");
  }

  void on_body_init_impl(const ContentLength& length, ErrorCode&) override { reserve(request.body, length); }
  std::size_t on_body_impl(beast::string_view bytes, ErrorCode&) override {
    request.body += to_view(bytes);
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, ErrorCode& ec) override {
    return on_body_impl(bytes, ec);
  }
  void on_finish_impl(ErrorCode&) override {}
};

class ResponseSink final : public beast::http::basic_parser<false> {
 public:
  Response response;

 private:
  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, ErrorCode&) override {}
  void on_response_impl(int status, beast::string_view, int, ErrorCode&) override { response.status = status; }
  void on_field_impl(beast::http::field, beast::string_view text, beast::string_view value, ErrorCode&) override {
    response.headers.add(to_view(text), std::string(to_view(value)));
  }
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const ContentLength& length, ErrorCode&) override { reserve(response.body, length); }
  std::size_t on_body_impl(beast::string_view bytes, ErrorCode&) override {
    response.body += to_view(bytes);
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, ErrorCode& ec) override {
    return on_body_impl(bytes, ec);
  }
  void on_finish_impl(ErrorCode&) override {}
};

std::uint32_t to_header_limit(std::size_t bytes) {
  return static_cast<std::uint32_t>(std::min<std::size_t>(bytes, std::numeric_limits<std::uint32_t>::max()));
}

void set_body_limit(auto& parser, std::size_t bytes) {
  if (bytes == unlimited) {
    parser.body_limit(boost::none);
  } else {
    parser.body_limit(bytes);
  }
}

// Feeds until Beast wants more than there is; `whole`: not only to the end of the header.
template <class Sink>
std::size_t feed(Sink& sink, std::string_view bytes, bool whole, ErrorCode& code) {
  sink.eager(whole);
  std::size_t consumed = 0;
  while (consumed < bytes.size() && !sink.is_done()) {
    const std::string_view rest = bytes.substr(consumed);
    const std::size_t took = sink.put(boost::asio::buffer(rest.data(), rest.size()), code);
    consumed += took;
    if (code || took == 0 || (!whole && sink.is_header_done())) break;
  }
  return consumed;
}

}  // namespace

struct RequestParser::Impl {
  std::size_t max_header_bytes;
  std::size_t max_body_bytes;
  std::optional<RequestSink> sink;
};

RequestParser::RequestParser(std::size_t max_header_bytes, std::size_t max_body_bytes)
    : impl_(std::make_unique<Impl>(max_header_bytes, max_body_bytes)) {
  reset();
}
RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  auto& sink = impl_->sink.emplace();
  sink.header_limit(to_header_limit(impl_->max_header_bytes));
  set_body_limit(sink, impl_->max_body_bytes);
}

Parsed RequestParser::put(std::string_view bytes) {
  auto& sink = *impl_->sink;
  ErrorCode code;
  Parsed parsed;
  parsed.consumed = feed(sink, bytes, sink.is_header_done(), code);
  parsed.fault = sink.fault ? sink.fault : fault_of(code);
  return parsed;
}

bool RequestParser::header_done() const { return impl_->sink->is_header_done(); }
bool RequestParser::done() const { return impl_->sink->is_done(); }
bool RequestParser::keep_alive() const { return impl_->sink->keep_alive(); }
bool RequestParser::is_http_1_0() const { return impl_->sink->http_1_0; }
bool RequestParser::expects_continue() const { return impl_->sink->expects_continue; }
Request& RequestParser::request() { return impl_->sink->request; }

struct ResponseParser::Impl {
  std::size_t max_header_bytes;
  std::size_t max_body_bytes;
  bool to_head;
  bool started = false;
  std::optional<ResponseSink> sink;

  void reset() {
    auto& made = sink.emplace();
    made.header_limit(to_header_limit(max_header_bytes));
    set_body_limit(made, max_body_bytes);
    made.skip(to_head);
  }
};

ResponseParser::ResponseParser(std::size_t max_header_bytes, std::size_t max_body_bytes, bool to_head)
    : impl_(std::make_unique<Impl>(max_header_bytes, max_body_bytes, to_head)) {
  impl_->reset();
}
ResponseParser::~ResponseParser() = default;

Parsed ResponseParser::put(std::string_view bytes) {
  Parsed parsed;
  impl_->started = impl_->started || !bytes.empty();
  ErrorCode code;
  while (parsed.consumed < bytes.size()) {
    auto& sink = *impl_->sink;
    parsed.consumed += feed(sink, bytes.substr(parsed.consumed), true, code);
    const bool interim = sink.is_done() && sink.response.status < 200 && sink.response.status != 101;
    if (!interim || code) break;
    impl_->reset();
  }
  parsed.fault = fault_of(code);
  return parsed;
}

std::optional<ParseFault> ResponseParser::end() {
  auto& sink = *impl_->sink;
  if (sink.is_done()) return std::nullopt;
  if (!sink.is_header_done()) return ParseFault{400, "closed before the whole header"};
  ErrorCode code;
  sink.put_eof(code);
  if (code) return ParseFault{400, "closed before the whole body"};
  return std::nullopt;
}

bool ResponseParser::started() const { return impl_->started; }
bool ResponseParser::header_done() const { return impl_->sink->is_header_done(); }
bool ResponseParser::done() const { return impl_->sink->is_done(); }
bool ResponseParser::keep_alive() const { return impl_->sink->keep_alive(); }
Response& ResponseParser::response() { return impl_->sink->response; }

}  // namespace fairway::http
