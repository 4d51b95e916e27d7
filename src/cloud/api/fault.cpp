#include "cloud/api/fault.h"

#include <utility>

#include <fmt/format.h>

#include "json/value.h"

namespace fairway::cloud {
namespace {

// Neutron's word for an error that came without one.
std::string_view default_type(Errc code) {
  switch (code) {
    case Errc::invalid:
      return "HTTPBadRequest";
    case Errc::denied:
      return "HTTPForbidden";
    case Errc::not_found:
      return "HTTPNotFound";
    case Errc::already_exists:
    case Errc::conflict:
      return "HTTPConflict";
    case Errc::exhausted:
      return "OverQuota";
    case Errc::too_large:
      return "HTTPRequestEntityTooLarge";
    case Errc::unsupported:
      return "HTTPNotImplemented";
    case Errc::unavailable:
      return "HTTPServiceUnavailable";
    case Errc::timeout:
      return "HTTPGatewayTimeout";
    case Errc::unauthenticated:
    case Errc::gone:
    case Errc::internal:
      return "HTTPInternalServerError";
  }
  std::unreachable();
}

http::Response keystone_body(int status, const std::string& message) {
  const json::Object error{{"code", status}, {"message", message}, {"title", http::reason(status)}};
  return http::Response::json(status, json::write(json::Object{{"error", error}}));
}

http::Response neutron_body(int status, const Error& error) {
  const auto type = error.type.empty() ? default_type(error.code) : std::string_view(error.type);
  const json::Object shown{{"type", type}, {"message", error.what}, {"detail", ""}};
  return http::Response::json(status, json::write(json::Object{{"NeutronError", shown}}));
}

http::Response octavia_body(int status, const Error& error) {
  if (error.type == kBeforeDispatch) {
    return http::Response::json(
        status, json::write(json::Object{{"code", status}, {"title", "Bad Request"}, {"description", error.what}}));
  }
  return http::Response::json(status, json::write(json::Object{{"faultcode", status >= 500 ? "Server" : "Client"},
                                                               {"faultstring", error.what},
                                                               {"debuginfo", nullptr}}));
}

http::Response magnum_body(int status, const std::string& message) {
  const json::Object error{{"request_id", ""},  {"code", status >= 500 ? "server" : "client"},
                           {"status", status},  {"title", message.substr(0, message.find('.'))},
                           {"detail", message}, {"links", json::Array{}}};
  return http::Response::json(status, json::write(json::Object{{"errors", json::Array{error}}}));
}

int status_of(Errc code) {
  switch (code) {
    case Errc::invalid:
      return 400;
    case Errc::unauthenticated:
      return 401;
    case Errc::denied:
      return 403;
    case Errc::not_found:
      return 404;
    case Errc::already_exists:
    case Errc::conflict:
    case Errc::exhausted:
      return 409;
    case Errc::gone:
      return 410;
    case Errc::too_large:
      return 413;
    case Errc::internal:
      return 500;
    case Errc::unsupported:
      return 501;
    case Errc::unavailable:
      return 503;
    case Errc::timeout:
      return 504;
  }
  std::unreachable();
}

}  // namespace

std::unexpected<Error> fault(Errc code, std::string_view type, std::string message) {
  return std::unexpected(Error{code, std::move(message), std::string(type)});
}

int http_status(Api api, const Error& error) {
  if ((api == Api::octavia || api == Api::magnum) && error.code == Errc::exhausted) return 403;
  if (api == Api::magnum && error.code == Errc::unsupported) return 400;
  if (error.type == kNotAcceptable) return 406;
  if (error.type == "RevisionNumberConstraintFailed") return 412;
  return status_of(error.code);
}

http::Response to_response(Api api, const Error& error) {
  const int status = http_status(api, error);
  switch (api) {
    case Api::keystone:
      return keystone_body(status, error.what);
    case Api::neutron:
      return neutron_body(status, error);
    case Api::octavia:
      return octavia_body(status, error);
    case Api::magnum:
      return magnum_body(status, error.what);
  }
  std::unreachable();
}

http::Response unauthenticated_response(std::string_view identity_url, std::string_view message) {
  auto response = keystone_body(401, std::string(message));
  response.headers.set("WWW-Authenticate", fmt::format("Keystone uri=\"{}\"", identity_url));
  return response;
}

}  // namespace fairway::cloud
