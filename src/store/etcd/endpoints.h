// The JSON gateway of an etcd cluster, through whichever of its endpoints answers.
//
// Source: https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/ and the gRPC status codes in its error bodies. Keys and
// values are base64 in that JSON, 64-bit numbers are strings, and what is zero or false is left out.
//
// Errors, all naming the endpoint: unavailable, timeout, exhausted (see is_transient(): whether it was done is unknown;
// the next call goes to the next endpoint), invalid, too_large (refused: nothing was done), gone (the revision is
// compacted), not_found, denied, unauthenticated. A call takes config.request at most. Threads: the loop's. Lifetime:
// outlives its calls.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "http/client.h"
#include "json/value.h"
#include "store/etcd/config.h"

namespace fairway::store::etcd {

class Endpoints {
 public:
  // Error: invalid (an endpoint, a certificate), not_found, denied (a file).
  [[nodiscard]] static Result<std::unique_ptr<Endpoints>> make(boost::asio::io_context& context, Env& env,
                                                               const EtcdConfig& config);

  // POST /v3 + `path`, and the answer's JSON.
  Task<Result<json::Value>> call(std::string path, json::Value body);
  // The same with an answer that goes on and on: one JSON text a line.
  Task<Result<std::unique_ptr<http::BodyReader>>> open(std::string path, json::Value body);

  // The next call goes to the next endpoint.
  void turn_away();
  [[nodiscard]] std::size_t count() const { return endpoints_.size(); }

 private:
  Endpoints() = default;
  struct Endpoint {
    std::string origin;
    std::unique_ptr<http::Client> client;
  };
  void note(const Error& error, std::size_t used);

  std::vector<Endpoint> endpoints_;
  std::size_t current_ = 0;
  Duration request_{};
};

// Trying again may help.
[[nodiscard]] bool is_transient(const Error& error);
// What a person can do about a transient error. Pure.
[[nodiscard]] std::string_view remedy(const Error& error);
// The error with its remedy, if it is a transient one.
[[nodiscard]] Error with_remedy(Error error);

// What the gateway's error body says, as one of ours. Pure.
[[nodiscard]] Error read_error(int status, const std::string& body);

}  // namespace fairway::store::etcd
