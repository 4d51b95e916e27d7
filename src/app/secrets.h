// Tokens and certificates of one instance, made once and kept in D/secrets.
#pragma once

#include "app/instance.h"
#include "app/role_files.h"

namespace fairway::app {

// A bearer token for each of admin, controller and lab; an authority and the embedded Kubernetes API's certificate
// (issued again when it has less than 30 days left); the kubeconfigs that use them.
[[nodiscard]] Result<> make_secrets(const Instance& instance, const Clock& clock, Random& random);

// What the cloud wrote when it was new: D/secrets/<user>.password.
[[nodiscard]] Result<Person> read_person(const Instance& instance, const std::string& user);

}  // namespace fairway::app
