// Errors as the OpenStack APIs show them: one place where an error becomes a status, one where it becomes a body.
//
//   keystone  {"error":{"code":404,"message":"…","title":"Not Found"}}
//   neutron   {"NeutronError":{"type":"SubnetNotFound","message":"…","detail":""}}
//   octavia   {"faultcode":"Client","faultstring":"…","debuginfo":null}
//   magnum    {"errors":[{"request_id":"","code":"client","status":404,"title":"…","detail":"…","links":[]}]}
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace fairway::cloud {

enum class Api { keystone, neutron, octavia, magnum };

// An error with the API's own name for it: fault(Errc::conflict, "IpAddressInUse", "Unable to complete …").
[[nodiscard]] std::unexpected<Error> fault(Errc code, std::string_view type, std::string message);

// The type of Octavia's errors from before its own dispatch (unknown parent, bad limit, bad sort direction), whose
// body is
// {"code":404,"title":"Bad Request","description":"…"}.
inline constexpr std::string_view kBeforeDispatch = "before_dispatch";

// The type of an error that is answered with 406: the request asks for a microversion that has no such thing.
inline constexpr std::string_view kNotAcceptable = "not_acceptable";

// exhausted is 409 in Neutron, 403 in Octavia and Magnum; what is not offered is 400 in Magnum; RevisionNumberConstraintFailed is 412; otherwise the code alone
// decides.
[[nodiscard]] int http_status(Api api, const Error& error);

[[nodiscard]] http::Response to_response(Api api, const Error& error);

// What all of them answer to a missing or wrong token or password; `identity_url` goes into WWW-Authenticate.
[[nodiscard]] http::Response unauthenticated_response(
    std::string_view identity_url, std::string_view message = "The request you have made requires authentication.");

}  // namespace fairway::cloud
