#include "openstack/client.h"

#include "base/backoff.h"
#include "base/strings.h"
#include "openstack/faults.h"
#include "openstack/login.h"
#include "runtime/sync.h"

namespace fairway::openstack {
namespace {

std::string_view name_of(Service service) {
  switch (service) {
    case Service::identity:
      return "identity";
    case Service::network:
      return "network";
    case Service::load_balancer:
      return "load-balancer";
    case Service::container_infra:
      return "container-infra";
  }
  return "";
}

// Retry-After in seconds (the form with a date is not used by these services).
std::optional<Duration> retry_after(const http::Response& response) {
  const auto text = response.headers.find("Retry-After");
  const auto seconds = text ? parse_int(trim(*text)) : std::nullopt;
  if (!seconds || *seconds < 0) return std::nullopt;
  return std::chrono::seconds(*seconds);
}

bool asks_to_retry(const http::Response& response) {
  return response.status == 429 || response.status == 503 || (response.status == 413 && retry_after(response));
}

bool idempotent(std::string_view method) { return method == "GET" || method == "HEAD"; }

// A POST that a peer may have received, with its answer lost.
bool may_be_done(std::string_view method, const Error& error) {
  return method == "POST" && (error.code == Errc::timeout || error.what.find("maybe_sent") != std::string::npos);
}

class CatalogClient final : public Client {
 public:
  CatalogClient(Env& env, Credentials credentials, Connect connect)
      : env_(env), credentials_(std::move(credentials)), connect_(std::move(connect)) {}

  Task<Result<Answer>> send(Service service, std::string method, std::string path, json::Value body) override {
    const auto doing = fmt::format("{} {}", method, path.substr(0, path.find('?')));
    const auto began = env_.clock.steady();
    auto answer =
        co_await send_with_retries(service, method, path, body.is_null() ? std::string() : json::write(body));
    measure(service, method, env_.clock.steady() - began, answer.has_value() && answer->status < 400);
    if (!answer) {
      if (may_be_done(method, answer.error())) {
        co_return fail(Errc::timeout,
                       fmt::format("{}: no answer, it may have been done: {}", doing, answer.error().what));
      }
      co_return std::unexpected(std::move(answer).error().within(doing));
    }
    if (answer->status >= 400) {
      auto error = fault(answer->status, answer->body, doing);
      // A proxy gave up on the service behind it, which may still do it.
      if (method == "POST" && (answer->status == 502 || answer->status == 504)) error.code = Errc::timeout;
      co_return std::unexpected(std::move(error));
    }
    Answer result{answer->status, nullptr};
    if (!trim(answer->body).empty()) {
      FW_CO_TRY(result.body, within(json::parse(answer->body), doing));
    }
    co_return result;
  }

  Task<Result<std::string>> project_id() override {
    FW_CO_TRY(auto session, co_await session_other_than(""));
    co_return session->project_id;
  }

 private:
  Env& env_;
  Credentials credentials_;
  Connect connect_;
  AsyncMutex login_;
  std::shared_ptr<const Session> session_;
  std::map<std::string, std::shared_ptr<http::Client>> connections_;  // by origin

  // The present session; a new one when there is none or its token is `refused`. One login at a time serves all who
  // wait.
  Task<Result<std::shared_ptr<const Session>>> session_other_than(std::string refused) {
    const auto hold = co_await login_.lock();
    if (session_ && session_->token != refused) co_return session_;
    FW_CO_TRY(auto connection, connection_to(without_version(credentials_.auth_url)));
    http::Request request;
    request.method = "POST";
    request.target = "/v3/auth/tokens";
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Accept", "application/json");
    request.body = json::write(login_request(credentials_));
    auto answer = co_await connection->send(std::move(request));
    if (!answer)
      co_return std::unexpected(std::move(answer).error().within("log in to Keystone at " + credentials_.auth_url));
    if (answer->status != 201 && answer->status != 200) {
      co_return std::unexpected(
          fault(answer->status, answer->body, "log in to Keystone at " + credentials_.auth_url));
    }
    FW_CO_TRY(const auto body, within(json::parse(answer->body), "log in to Keystone"));
    const auto token = answer->headers.find("X-Subject-Token");
    FW_CO_TRY(auto session, read_session(credentials_, std::string(token.value_or("")), body));
    session_ = std::make_shared<const Session>(std::move(session));
    env_.log.info("logged in to OpenStack", {{"auth_url", credentials_.auth_url}, {"project", session_->project_id}});
    co_return session_;
  }

  Result<std::shared_ptr<http::Client>> connection_to(const std::string& origin) {
    auto& connection = connections_[origin];
    if (connection) return connection;
    http::ClientConfig config;
    config.origin = origin;
    config.tls.ca_file = credentials_.ca_file;
    config.tls.certificate_file = credentials_.certificate_file;
    config.tls.key_file = credentials_.key_file;
    config.tls.insecure = credentials_.insecure;
    config.request_timeout = credentials_.request_timeout;
    FW_TRY(auto made, connect_(std::move(config)));
    connection = std::move(made);
    return connection;
  }

  Task<Result<http::Response>> send_once(Service service, std::string method, std::string path, std::string body) {
    std::string refused;
    for (;;) {
      FW_CO_TRY(auto session, co_await session_other_than(refused));
      const auto origin = session->endpoints.at(service);
      if (origin.empty()) {
        co_return fail(Errc::not_found,
                       fmt::format("Keystone's catalog has no {} endpoint{} for interface {}", name_of(service),
                                   credentials_.region.empty() ? "" : " in region " + credentials_.region,
                                   credentials_.interface));
      }
      FW_CO_TRY(auto connection, connection_to(origin));
      http::Request request;
      request.method = method;
      request.target = path;
      request.headers.set("X-Auth-Token", session->token);
      request.headers.set("Accept", "application/json");
      if (!body.empty()) request.headers.set("Content-Type", "application/json");
      request.body = body;
      auto answer = co_await connection->send(std::move(request));
      if (!answer || answer->status != 401 || !refused.empty()) co_return answer;
      refused = session->token;  // expired or revoked: log in again, once
    }
  }

  Task<Result<http::Response>> send_with_retries(Service service, std::string method, std::string path,
                                                 std::string body) {
    const auto deadline = env_.clock.steady() + credentials_.request_timeout;
    Backoff backoff(env_.random, std::chrono::milliseconds(250), std::chrono::seconds(10));
    for (;;) {
      auto answer = co_await send_once(service, method, path, body);
      const bool lost = !answer && idempotent(method) && answer.error().code == Errc::unavailable;
      if (!lost && !(answer && asks_to_retry(*answer))) co_return answer;
      auto wait = backoff.next();
      if (answer) wait = std::max(wait, retry_after(*answer).value_or(wait));
      // A peer that is away altogether is the caller's to wait for; a few tries bridge its restart.
      if (env_.clock.steady() + wait > deadline || (lost && backoff.failures() > 3)) co_return answer;
      env_.metrics
          .counter("fairway_openstack_retries_total", "Requests sent again after 429, 503 or a lost connection",
                   {{"service", std::string(name_of(service))}})
          .add();
      co_await env_.timers.sleep(wait);
    }
  }

  void measure(Service service, const std::string& method, Duration took, bool good) {
    const MetricLabels labels{{"service", std::string(name_of(service))}, {"method", method}};
    env_.metrics
        .histogram("fairway_openstack_request_seconds", "From sending a request to its answer, retries included",
                   {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60}, labels)
        .observe(std::chrono::duration<double>(took).count());
    if (!good)
      env_.metrics.counter("fairway_openstack_request_errors_total", "Requests without a good answer", labels).add();
  }
};

// The marker of the next page, from "<collection>_links"; empty on the last.
std::string next_marker(const json::Value& page, const std::string& key) {
  for (const auto& link : json::array_or_empty(page, key + "_links")) {
    if (json::string_or(link, "rel") != "next") continue;
    const auto href = json::string_or(link, "href");
    const auto query = http::Query::parse(href.substr(std::min(href.size(), href.find('?') + 1)));
    return std::string(query.find("marker").value_or(""));
  }
  return {};
}

}  // namespace

std::unique_ptr<Client> make_client(Env& env, Credentials credentials, Connect connect) {
  return std::make_unique<CatalogClient>(env, std::move(credentials), std::move(connect));
}

Result<std::unique_ptr<Client>> make_client(boost::asio::io_context& context, Env& env, Credentials credentials) {
  return make_client(env, std::move(credentials), [&context, &env](http::ClientConfig config) {
    return http::make_client(context, env, std::move(config));
  });
}

Task<Result<json::Array>> list_all(Client& client, Service service, std::string path, std::string key) {
  json::Array all;
  std::string marker;
  do {
    std::string target = path;
    if (!marker.empty())
      target += (path.find('?') == std::string::npos ? "?marker=" : "&marker=") + percent_encode(marker);
    FW_CO_TRY(auto page, co_await client.send(service, "GET", target));
    for (const auto& item : json::array_or_empty(page.body, key)) all.push_back(item);
    auto next = next_marker(page.body, key);
    marker = next == marker ? std::string() : std::move(next);
  } while (!marker.empty());
  co_return all;
}

Task<Result<ApiVersion>> octavia_version(Client& client) {
  FW_CO_TRY(auto answer, co_await client.send(Service::load_balancer, "GET", "/"));
  ApiVersion newest;
  for (const auto& version : json::array_or_empty(answer.body, "versions")) {
    auto id = json::string_or(version, "id");
    const auto dot = id.find('.');
    if (!id.starts_with('v') || dot == std::string::npos) continue;
    const auto major = parse_int(std::string_view(id).substr(1, dot - 1));
    const auto minor = parse_int(std::string_view(id).substr(dot + 1));
    if (major && minor) newest = std::max(newest, ApiVersion{static_cast<int>(*major), static_cast<int>(*minor)});
  }
  if (newest.major == 0) co_return fail(Errc::unavailable, "GET / of the load balancer endpoint lists no versions");
  co_return newest;
}

}  // namespace fairway::openstack
