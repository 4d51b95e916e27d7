#include "store/etcd/endpoints.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::store::etcd {
namespace {

using namespace std::chrono_literals;

// gRPC's status codes, as far as etcd uses them.
Errc code_of(std::int64_t grpc, std::string_view what) {
  switch (grpc) {
    case 3:
      return what.contains("too large") || what.contains("too many operations") ? Errc::too_large : Errc::invalid;
    case 4:
      return Errc::timeout;
    case 5:
      return Errc::not_found;
    case 7:
      return Errc::denied;
    case 8:
      return what.contains("larger than max") ? Errc::too_large : Errc::exhausted;
    case 11:
      return Errc::gone;
    case 16:
      return Errc::unauthenticated;
    default:
      return Errc::unavailable;
  }
}

http::Request to_request(const std::string& path, const json::Value& body) {
  return {.method = "POST",
          .target = "/v3" + path,
          .headers = {{"Content-Type", "application/json"}},
          .body = json::write(body)};
}

}  // namespace

bool is_transient(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::timeout || error.code == Errc::exhausted;
}

Error read_error(int status, const std::string& body) {
  const auto parsed = json::parse(body);
  if (!parsed || !parsed->is_object()) {
    return {Errc::unavailable,
            fmt::format("etcd answers {} without saying why; is this etcd's client port?", status)};
  }
  auto what = json::string_or(*parsed, "message", json::string_or(*parsed, "error", "no reason given"));
  const auto code = code_of(json::int_or(*parsed, "code", 2), what);
  return {code, fmt::format("etcd says: {}", what)};
}

Result<std::unique_ptr<Endpoints>> Endpoints::make(boost::asio::io_context& context, Env& env,
                                                   const EtcdConfig& config) {
  if (config.endpoints.empty()) return fail(Errc::invalid, "no endpoint of etcd is given; name at least one");
  std::unique_ptr<Endpoints> made(new Endpoints);  // private constructor
  for (const auto& endpoint : config.endpoints) {
    FW_TRY(auto client, http::make_client(context, env,
                                          {.origin = endpoint,
                                           .tls = config.tls,
                                           .connect_timeout = 2s,
                                           .request_timeout = 10s,
                                           .max_body_bytes = config.max_answer_bytes}));
    made->clients_.push_back(std::move(client));
  }
  return made;
}

void Endpoints::turn_away() { current_ = (current_ + 1) % clients_.size(); }

Task<Result<json::Value>> Endpoints::call(std::string path, json::Value body) {
  const auto used = current_;
  auto answer = co_await clients_[used]->send(to_request(path, body));
  Result<json::Value> read = fail(Errc::internal, "");
  if (!answer) {
    read = std::unexpected(std::move(answer).error());
  } else if (answer->status != 200) {
    read = std::unexpected(read_error(answer->status, answer->body).within("POST /v3" + path));
  } else {
    read = json::parse(answer->body);
    if (!read) read = fail(Errc::unavailable, fmt::format("POST /v3{}: {}", path, read.error().what));
  }
  if (!read && is_transient(read.error()) && used == current_) turn_away();
  co_return read;
}

Task<Result<std::unique_ptr<http::BodyReader>>> Endpoints::open(std::string path, json::Value body) {
  const auto used = current_;
  auto reader = co_await clients_[used]->open(to_request(path, body));
  if (reader && (*reader)->status() != 200) {
    const auto text = co_await (*reader)->read_some(10s);
    const int status = (*reader)->status();
    reader = std::unexpected(read_error(status, text.value_or("")).within("POST /v3" + path));
  }
  if (!reader && is_transient(reader.error()) && used == current_) turn_away();
  co_return reader;
}

}  // namespace fairway::store::etcd
