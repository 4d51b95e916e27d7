// What the first process of a container and one that is added to it (kubectl exec) have in common: who they are, what they
// may do, how they become the program. Between fork and exec, in a process with one thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "lab/container_spec.h"

namespace fairway::lab {

// The file that a container was started by.
[[nodiscard]] Result<ContainerSpec> read_container_spec(const std::string& path);

struct Identity {
  uid_t user = 0;
  gid_t group = 0;
};
// "root", "www-data", "1000", "1000:1000". Error: invalid, in a container runtime's words.
[[nodiscard]] Result<Identity> identity_of(const std::string& text);

void reset_signals();
// Gives up what a container's root may not do, then the rest of root where the identity is another.
void give_up_capabilities();
[[nodiscard]] Result<> become(const Identity& identity);
// Returns only when it failed. `env`: "NAME=value"; nothing else is inherited.
[[nodiscard]] Result<> execute(std::vector<std::string> words, const std::vector<std::string>& env);

}  // namespace fairway::lab
