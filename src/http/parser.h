// HTTP/1.1 messages from bytes, one at a time (RFC 9112). The grammar is Boost.Beast's; limits and what Beast leaves
// open (Host, absolute targets, Expect) are here. Pure: no I/O. Internal to http/.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace fairway::http {

struct ParseFault {
  int status = 400;  // what a server answers: 400, 413, 431
  std::string what;
};

struct Parsed {
  std::size_t consumed = 0;
  std::optional<ParseFault> fault;
};

class RequestParser {
 public:
  RequestParser(std::size_t max_header_bytes, std::size_t max_body_bytes);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Forgets the last message and begins the next.
  void reset();
  // Takes what it can of `bytes`; what it did not consume must stand at the front of the next call, with more behind
  // it. Stops after the header once, so that the caller can say 100 Continue: call again until done().
  [[nodiscard]] Parsed put(std::string_view bytes);

  [[nodiscard]] bool header_done() const;
  [[nodiscard]] bool done() const;
  // Meaningful once header_done().
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] bool is_http_1_0() const;
  [[nodiscard]] bool expects_continue() const;
  [[nodiscard]] Request& request();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

class ResponseParser {
 public:
  // `to_head`: the answer to a HEAD request has no body, whatever its header says.
  ResponseParser(std::size_t max_header_bytes, std::size_t max_body_bytes, bool to_head);
  ~ResponseParser();
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  // As RequestParser::put. Interim answers (1xx) are skipped. fault.status 413: the body is over the limit.
  [[nodiscard]] Parsed put(std::string_view bytes);
  // The peer closed: completes a body that ends so, else says what is missing.
  [[nodiscard]] std::optional<ParseFault> end();

  [[nodiscard]] bool started() const;  // at least one byte of an answer was consumed
  [[nodiscard]] bool header_done() const;
  [[nodiscard]] bool done() const;
  [[nodiscard]] bool keep_alive() const;
  // `body` grows with each put(); a streaming caller moves out what is there.
  [[nodiscard]] Response& response();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fairway::http
