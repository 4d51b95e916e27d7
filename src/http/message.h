// HTTP/1.1 requests and responses as values, for the server and the client alike (RFC 9110, 9112).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "runtime/task.h"

namespace fairway::http {

// In the order given; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> items) : items_(items) {}

  void set(std::string_view name, std::string value);  // replaces all of that name
  void add(std::string_view name, std::string value);
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] auto begin() const { return items_.begin(); }
  [[nodiscard]] auto end() const { return items_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

// The query, decoded, in order; a key may stand several times.
class Query {
 public:
  [[nodiscard]] static Query parse(std::string_view text);
  [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const;  // the first
  [[nodiscard]] std::vector<std::string_view> all(std::string_view key) const;
  [[nodiscard]] auto begin() const { return items_.begin(); }
  [[nodiscard]] auto end() const { return items_.end(); }
  [[nodiscard]] bool empty() const { return items_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

struct Request {
  std::string method = "GET";
  std::string target;  // as sent: "/v2.0/networks?name=public"
  std::string path;    // without the query, still percent-encoded; segments are decoded by the router
  Query query;
  Headers headers;
  std::string body;
  // Server side only.
  std::string peer;              // "127.0.0.1:40312", or "unix"
  std::string peer_common_name;  // CN of a verified client certificate, else empty
  std::vector<std::string> peer_organizations;
  std::vector<std::pair<std::string, std::string>> path_parameters;  // filled by the router: {id} -> "…"

  // What the router bound to {name}; a broken invariant when the route has no such name.
  [[nodiscard]] const std::string& parameter(std::string_view name) const;
};

// Writes the pieces of a streamed body. An error means that the peer is gone or the server stops: end then.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  virtual Task<Result<>> write(std::string_view bytes) = 0;
  // True once the peer has closed or the server is stopping; a stream that has nothing to write must notice, by
  // looking or by on_closed(), and end.
  [[nodiscard]] virtual bool closed() const = 0;
  // Calls back once, when closed() turns true; at once when it is. At most one at a time; an empty function unsets
  // it.
  virtual void on_closed(std::function<void()> callback) = 0;
};

using BodyStream = std::function<Task<>(BodyWriter&)>;

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  BodyStream stream;  // when set, `body` is ignored and the answer is chunked

  [[nodiscard]] static Response text(int status, std::string body);
  // Content-Type: application/json; `body` is the JSON text.
  [[nodiscard]] static Response json(int status, std::string body);
  [[nodiscard]] static Response empty(int status);  // no body, no Content-Type
};

[[nodiscard]] std::string_view reason(int status);

}  // namespace fairway::http
