// Logging in to Keystone v3: what is sent, and what its answer says. Pure.
#pragma once

#include <map>
#include <string>

#include "json/value.h"
#include "openstack/client.h"

namespace fairway::openstack {

// The body of POST /v3/auth/tokens: by token, application credential, or password; scoped to a project or a trust.
// An application credential brings its own scope, and Keystone refuses another.
[[nodiscard]] json::Value login_request(const Credentials& credentials);

struct Session {
  std::string token;
  std::string project_id;
  std::map<Service, std::string> endpoints;  // origin and path, without a version at the end
};
// Errors name the service that the catalog lacks in this region and interface.
[[nodiscard]] Result<Session> read_session(const Credentials& credentials, std::string token,
                                           const json::Value& answer);

// "http://h:5000/v3/" -> "http://h:5000": every path that we send begins with its version.
[[nodiscard]] std::string without_version(std::string url);

}  // namespace fairway::openstack
