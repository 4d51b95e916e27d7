// What a new cloud starts with: the default domain, the roles that OpenStack's clients and tests expect, the projects
// admin and demo, and their users with generated passwords. A cloud that has them already is left as it is.
#pragma once

#include <string>

#include "cloud/identity/passwords.h"
#include "cloud/model/ledger.h"
#include "runtime/env.h"

namespace fairway::cloud::identity {

// Each new user's password is written to <secrets_directory>/<name>.password, mode 0600 (the directory is made,
// 0700), before the user exists; a file that is there already is used as it is. Errors: invalid (no directory given),
// and what the file system or the store says.
Task<Result<>> bootstrap(Ledger& ledger, Env& env, Passwords& passwords, std::string secrets_directory);

}  // namespace fairway::cloud::identity
