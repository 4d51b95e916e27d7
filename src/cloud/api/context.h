// What every API of the cloud works with. By reference; outlives the routes.
#pragma once

#include <functional>
#include <string>

#include "cloud/api/caller.h"
#include "cloud/model/ledger.h"
#include "runtime/env.h"
#include "runtime/task.h"

namespace fairway::cloud {

struct ApiContext {
  Ledger& ledger;
  Env& env;
  const TokenVerifier& tokens;
  std::string public_url = {};  // "http://127.0.0.1:35357", without a slash at the end: the catalog's and links' root
  // Waits, for a bounded time, until packets go as the state says; empty: nobody is waited for.
  std::function<Task<>()> in_force = {};

  [[nodiscard]] std::string identity_url() const { return public_url + "/identity"; }
};

}  // namespace fairway::cloud
