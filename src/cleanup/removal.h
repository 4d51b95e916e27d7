// Takes away what belongs to a cluster. Level-based: a pass does what can be done now; the next reads what is left.
#pragma once

#include "cleanup/belongings.h"

namespace fairway::cleanup {

// For people, one line for each object: "delete   load balancer web (id), ACTIVE".
[[nodiscard]] std::vector<std::string> describe(const Belongings& belongings);

// Begins the end of all of it, side by side. One object that cannot go does not keep the others. Errors: unavailable,
// while objects are on their way or somebody works on them (it names them and their states: read and try again); else
// what the API said of the first object that it refused to delete.
[[nodiscard]] Task<Result<>> remove(openstack::Client& cloud, Belongings belongings);

// Reads and removes. Ok: nothing is left.
[[nodiscard]] Task<Result<>> remove_all_of(openstack::Client& cloud, Owner owner);

}  // namespace fairway::cleanup
