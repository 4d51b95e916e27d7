// What `fairway up` asks of its own cloud, through the cloud's APIs like anybody else: logins for the components, and
// the networks of the seed. Each step looks first, and makes only what is missing.
#pragma once

#include <string>

#include "app/instance.h"
#include "app/role_files.h"
#include "app/up_options.h"
#include "openstack/client.h"
#include "runtime/env.h"

namespace fairway::app {

[[nodiscard]] openstack::Credentials person_credentials(const Instance& instance, const Person& person);

// An application credential of the person who is logged in, for one component. `user` is that person's name.
[[nodiscard]] Task<Result<ComponentLogin>> make_component_login(Env& env, openstack::Client& cloud,
                                                                std::string user_id, std::string component);
// The id of a user, asked as an administrator.
[[nodiscard]] Task<Result<std::string>> find_user(openstack::Client& admin, std::string name);

// Whether make_networks() can make of them what was asked for: asked before anything is started. Error: invalid, with the
// option's name.
[[nodiscard]] Result<> check_networks(const UpOptions& options);

// public (by the administrator; external), private and a router between them (in the demo project).
[[nodiscard]] Task<Result<>> make_networks(openstack::Client& admin, openstack::Client& demo, UpOptions options);

}  // namespace fairway::app
