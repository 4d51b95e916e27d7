#include "store/etcd/endpoints.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::store::etcd {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds longest_connect = 2s;
constexpr std::size_t connections_kept = 4;  // writes, the lease, readers

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

// As the HTTP client names a request.
std::string name_of(const std::string& origin, const std::string& path) {
  return fmt::format("POST {}/v3{}", origin, path);
}

}  // namespace

bool is_transient(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::timeout || error.code == Errc::exhausted;
}

std::string_view remedy(const Error& error) {
  if (error.what.contains("database space exceeded")) {
    return "its space quota is used up: compact its history (etcdctl compact), free the space (etcdctl defrag "
           "--cluster) and end the alarm (etcdctl alarm disarm), or give it a larger --quota-backend-bytes";
  }
  if (error.code == Errc::exhausted) return "it has more to do than it can; give it a faster disk or fewer users";
  return "see that it runs there and that most of its members reach each other (etcdctl endpoint status --cluster)";
}

Error with_remedy(Error error) {
  if (is_transient(error)) error.what += fmt::format("; {}", remedy(error));
  return error;
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
  made->request_ = config.request;
  for (const auto& origin : config.endpoints) {
    FW_TRY(auto client, http::make_client(context, env,
                                          {.origin = origin,
                                           .tls = config.tls,
                                           .connect_timeout = std::min(config.request, longest_connect),
                                           .request_timeout = config.request,
                                           .max_body_bytes = config.max_answer_bytes,
                                           .max_idle_connections = connections_kept}));
    made->endpoints_.push_back({origin, std::move(client)});
  }
  return made;
}

void Endpoints::turn_away() { current_ = (current_ + 1) % endpoints_.size(); }

void Endpoints::note(const Error& error, std::size_t used) {
  if (is_transient(error) && used == current_) turn_away();
}

Task<Result<json::Value>> Endpoints::call(std::string path, json::Value body) {
  const auto used = current_;
  const auto& [origin, client] = endpoints_[used];
  auto answer = co_await client->send(to_request(path, body));
  Result<json::Value> read = fail(Errc::internal, "");
  if (!answer) {
    read = std::unexpected(std::move(answer).error());
  } else if (answer->status != 200) {
    read = std::unexpected(read_error(answer->status, answer->body).within(name_of(origin, path)));
  } else {
    read = json::parse(answer->body);
    if (!read) read = fail(Errc::unavailable, fmt::format("{}: {}", name_of(origin, path), read.error().what));
  }
  if (!read) note(read.error(), used);
  co_return read;
}

Task<Result<std::unique_ptr<http::BodyReader>>> Endpoints::open(std::string path, json::Value body) {
  const auto used = current_;
  const auto& [origin, client] = endpoints_[used];
  auto reader = co_await client->open(to_request(path, body));
  if (reader && (*reader)->status() != 200) {
    const auto text = co_await (*reader)->read_some(request_);
    const int status = (*reader)->status();
    reader = std::unexpected(read_error(status, text.value_or("")).within(name_of(origin, path)));
  }
  if (!reader) note(reader.error(), used);
  co_return reader;
}

}  // namespace fairway::store::etcd
