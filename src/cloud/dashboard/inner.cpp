// The dashboard as a client of the cloud's own APIs, without a socket in between.
#include "cloud/api/fault.h"
#include "cloud/dashboard/parts.h"
#include "json/value.h"

namespace fairway::cloud::dashboard {

Task<http::Response> ask_cloud(SharedParts parts, std::string token, InnerRequest wanted) {
  http::Request request;
  request.method = std::move(wanted.method);
  request.target = std::move(wanted.target);
  const auto question = request.target.find('?');
  request.path = request.target.substr(0, question);
  if (question != std::string::npos) request.query = http::Query::parse(request.target.substr(question + 1));
  if (!token.empty()) request.headers.set("X-Auth-Token", std::move(token));
  if (!wanted.body.is_null()) {
    request.headers.set("Content-Type", "application/json");
    request.body = json::write(wanted.body);
  }
  auto response = co_await parts->router.dispatch(request);
  co_return response;
}

std::string error_sentence(const http::Response& response) {
  const auto body = json::parse(response.body);
  if (body) {
    for (const auto* path : {"NeutronError.message", "error.message", "faultstring", "description"}) {
      auto text = json::string_or(*body, path);
      if (!text.empty()) return text;
    }
  }
  return "The cloud refused this and did not say why.";
}

http::Response error_response(int status, std::string_view sentence) {
  return http::Response::json(status, json::write(json::Object{{"error", sentence}}));
}

http::Response error_response(const Error& error) {
  return error_response(http_status(Api::keystone, error), error.what);
}

}  // namespace fairway::cloud::dashboard
