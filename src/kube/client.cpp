#include "kube/client.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/strings.h"
#include "http/client.h"

namespace fairway::kube {

const Resource kServices{"", "v1", "services", true};
const Resource kNodes{"", "v1", "nodes", false};
const Resource kPods{"", "v1", "pods", true};
const Resource kEvents{"", "v1", "events", true};
const Resource kServiceAccounts{"", "v1", "serviceaccounts", true};
const Resource kEndpoints{"", "v1", "endpoints", true};
const Resource kEndpointSlices{"discovery.k8s.io", "v1", "endpointslices", true};
const Resource kNamespaces{"", "v1", "namespaces", false};
const Resource kSecrets{"", "v1", "secrets", true};
const Resource kConfigMaps{"", "v1", "configmaps", true};
const Resource kLeases{"coordination.k8s.io", "v1", "leases", true};

std::string Resource::path(std::string_view ns, std::string_view name, std::string_view subresource) const {
  std::string path = group.empty() ? "/api/" + version : "/apis/" + group + "/" + version;
  if (namespaced && !ns.empty()) path += "/namespaces/" + percent_encode(ns);
  path += "/" + plural;
  if (!name.empty()) path += "/" + percent_encode(name);
  if (!subresource.empty()) path += "/" + std::string(subresource);
  return path;
}

namespace {

// As real clients do: pages keep one answer, and the server's memory for it, small.
constexpr int kPageSize = 500;
// The server ends a watch by itself after this; silence for longer means that the connection is dead.
constexpr int kWatchSeconds = 290;
constexpr std::chrono::seconds kWatchIdle{kWatchSeconds + 15};
// An object is at most 1.5 MB in etcd; a line far beyond that is not one.
constexpr std::size_t kMaxWatchLine = 16 * 1024 * 1024;

Errc errc_of_status(int code) {
  switch (code) {
    case 400:
    case 422:
      return Errc::invalid;
    case 401:
      return Errc::unauthenticated;
    case 403:
      return Errc::denied;
    case 404:
      return Errc::not_found;
    case 405:
    case 415:
    case 501:
      return Errc::unsupported;
    case 409:
      return Errc::conflict;
    case 410:
      return Errc::gone;
    case 413:
      return Errc::too_large;
    default:
      return code == 429 || code >= 500 ? Errc::unavailable : Errc::invalid;
  }
}

// A Status object (or whatever came instead of one) as an error.
Error error_of(int code, std::string_view body, std::string_view request) {
  const auto parsed = json::parse(body);
  const json::Value status = parsed ? *parsed : json::Value(nullptr);
  const auto reason = json::string_or(status, "reason");
  auto message = json::string_or(status, "message");
  if (message.empty()) message = fmt::format("the API server answered {} {}", code, body.substr(0, 200));
  Errc errc = errc_of_status(code);
  if (reason == "AlreadyExists") errc = Errc::already_exists;
  if (reason == "Expired" || reason == "Gone") errc = Errc::gone;
  return Error{errc, fmt::format("{}: {}", request, message)};
}

class HttpWatch final : public WatchStream {
 public:
  HttpWatch(std::unique_ptr<http::BodyReader> reader, std::string path)
      : reader_(std::move(reader)), path_(std::move(path)) {}

  Task<Result<WatchEvent>> next() override {
    for (;;) {
      const auto end = buffer_.find('\n', searched_);
      if (end != std::string::npos) {
        const std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        searched_ = 0;
        if (trim(line).empty()) continue;
        co_return parse_event(line);
      }
      searched_ = buffer_.size();
      if (buffer_.size() > kMaxWatchLine)
        co_return fail(Errc::too_large, fmt::format("watch {}: an event of over 16 MiB", path_));
      FW_CO_TRY(auto piece, co_await reader_->read_some(kWatchIdle));
      if (piece.empty()) co_return fail(Errc::unavailable, fmt::format("watch {}: closed by the server", path_));
      buffer_ += piece;
    }
  }

 private:
  std::unique_ptr<http::BodyReader> reader_;
  std::string path_;
  std::string buffer_;
  std::size_t searched_ = 0;  // no line break before this

  Result<WatchEvent> parse_event(std::string_view line) {
    auto parsed = json::parse(line);
    if (!parsed) return fail(Errc::unavailable, fmt::format("watch {}: not JSON: {}", path_, parsed.error().what));
    const auto type = json::string_or(*parsed, "type");
    const auto* object = json::find(*parsed, "object");
    if (object == nullptr) return fail(Errc::unavailable, fmt::format("watch {}: an event without an object", path_));
    if (type == "ERROR") {
      const auto code = static_cast<int>(json::int_or(*object, "code", 500));
      auto error = error_of(code, json::write(*object), "watch " + path_);
      if (error.code != Errc::gone) error.code = Errc::unavailable;
      return std::unexpected(std::move(error));
    }
    static const std::map<std::string, WatchEvent::Type, std::less<>> kTypes{
        {"ADDED", WatchEvent::Type::added},
        {"MODIFIED", WatchEvent::Type::modified},
        {"DELETED", WatchEvent::Type::deleted},
        {"BOOKMARK", WatchEvent::Type::bookmark}};
    const auto known = kTypes.find(type);
    if (known == kTypes.end())
      return fail(Errc::unavailable, fmt::format("watch {}: an event of unknown type \"{}\"", path_, type));
    return WatchEvent{known->second, *object};
  }
};

class HttpKubeClient final : public Client {
 public:
  HttpKubeClient(std::unique_ptr<http::Client> http, Config config)
      : http_(std::move(http)), config_(std::move(config)) {}

  Task<Result<json::Value>> get(std::string path) override { return send("GET", std::move(path)); }

  Task<Result<ListAnswer>> list(std::string path, std::string query) override {
    auto answer = co_await list_pages(path, query, true);
    // The continue token of a long list has expired: the one remedy is to ask for all at once.
    if (!answer && answer.error().code == Errc::gone) answer = co_await list_pages(path, query, false);
    co_return answer;
  }

  Task<Result<json::Value>> create(std::string path, json::Value object) override {
    return send("POST", std::move(path), std::move(object));
  }
  Task<Result<json::Value>> replace(std::string path, json::Value object) override {
    return send("PUT", std::move(path), std::move(object));
  }
  Task<Result<json::Value>> patch(std::string path, Patch kind, json::Value patch) override {
    static constexpr std::array kContentTypes{"application/merge-patch+json", "application/json-patch+json",
                                              "application/strategic-merge-patch+json"};
    return send("PATCH", std::move(path), std::move(patch), kContentTypes.at(static_cast<std::size_t>(kind)));
  }
  Task<Result<json::Value>> remove(std::string path, json::Value options) override {
    return send("DELETE", std::move(path), std::move(options));
  }

  Task<Result<std::unique_ptr<WatchStream>>> watch(std::string path, std::string resource_version,
                                                   std::string query) override {
    auto target = fmt::format("{}?watch=true&allowWatchBookmarks=true&timeoutSeconds={}&resourceVersion={}", path,
                              kWatchSeconds, percent_encode(resource_version));
    if (!query.empty()) target += "&" + query;
    FW_CO_TRY(auto request, make_request("GET", target));
    FW_CO_TRY(auto reader, co_await http_->open(std::move(request)));
    if (reader->status() != 200) {
      std::string body;
      for (;;) {
        auto piece = co_await reader->read_some(std::chrono::seconds(10));
        if (!piece || piece->empty() || body.size() > 64 * 1024) break;
        body += *piece;
      }
      co_return std::unexpected(error_of(reader->status(), body, "watch " + path));
    }
    co_return std::make_unique<HttpWatch>(std::move(reader), std::move(path));
  }

 private:
  std::unique_ptr<http::Client> http_;
  Config config_;
  std::string token_from_file_;
  std::filesystem::file_time_type token_stamp_;

  Task<Result<ListAnswer>> list_pages(std::string path, std::string query, bool in_pages) {
    ListAnswer all;
    std::string more;
    do {
      std::string target = path + "?" + query;
      if (!query.empty()) target += "&";
      if (in_pages) target += fmt::format("limit={}", kPageSize);
      if (!more.empty()) target += "&continue=" + percent_encode(more);
      FW_CO_TRY(auto page, co_await send("GET", target));
      if (const auto* items = json::find(page, "items"); items != nullptr && items->is_array()) {
        for (const auto& item : items->get_array()) all.items.push_back(item);
      }
      all.resource_version = json::string_or(page, "metadata.resourceVersion");
      more = json::string_or(page, "metadata.continue");
    } while (!more.empty());
    co_return all;
  }

  Result<std::string> bearer() {
    if (config_.token_file.empty()) return config_.token;
    std::error_code error;
    const auto stamp = std::filesystem::last_write_time(config_.token_file, error);
    if (error)
      return fail(Errc::unauthenticated, fmt::format("token file {}: {}", config_.token_file, error.message()));
    if (stamp != token_stamp_ || token_from_file_.empty()) {
      std::ifstream file(config_.token_file);
      std::ostringstream text;
      text << file.rdbuf();
      token_from_file_ = std::string(trim(text.str()));
      token_stamp_ = stamp;
    }
    if (token_from_file_.empty())
      return fail(Errc::unauthenticated, "token file " + config_.token_file + " is empty");
    return token_from_file_;
  }

  Result<http::Request> make_request(std::string method, std::string target) {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers.set("Accept", "application/json");
    FW_TRY(const auto token, bearer());
    if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
    return request;
  }

  Task<Result<json::Value>> send(std::string method, std::string target, json::Value body = nullptr,
                                 std::string content_type = "application/json") {
    const std::string doing = method + " " + target.substr(0, target.find('?'));
    FW_CO_TRY(auto request, make_request(std::move(method), std::move(target)));
    if (!body.is_null()) {
      request.headers.set("Content-Type", content_type);
      request.body = json::write(body);
    }
    auto answer = co_await http_->send(std::move(request));
    if (!answer) co_return std::unexpected(std::move(answer).error().within(doing));
    if (answer->status < 200 || answer->status > 299)
      co_return std::unexpected(error_of(answer->status, answer->body, doing));
    if (answer->body.empty()) co_return json::Value(nullptr);
    co_return within(json::parse(answer->body), doing);
  }
};

}  // namespace

std::unique_ptr<Client> make_client(std::unique_ptr<http::Client> http, Config config) {
  return std::make_unique<HttpKubeClient>(std::move(http), std::move(config));
}

Result<std::unique_ptr<Client>> make_client(boost::asio::io_context& context, Env& env, Config config) {
  http::ClientConfig http;
  http.origin = config.server;
  http.tls = config.tls;
  FW_TRY(auto client, http::make_client(context, env, std::move(http)));
  return make_client(std::move(client), std::move(config));
}

}  // namespace fairway::kube
