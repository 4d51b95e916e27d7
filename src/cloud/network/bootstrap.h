// Networks that a new cloud may be given by its configuration: "public" (external, of the project admin), "private"
// of the project demo, and the router between them.
#pragma once

#include <string>

#include "cloud/model/ledger.h"
#include "runtime/env.h"

namespace fairway::cloud::network {

// Where a network called public exists already: nothing. Errors: not_found (no project admin or demo), the store's.
Task<Result<>> bootstrap(Ledger& ledger, Env& env, std::string public_cidr, std::string private_cidr);

}  // namespace fairway::cloud::network
