// What a command on a host of the lab sees as its machine: the host's own /etc/sysconfig, /etc/kubernetes and `service`,
// where the host has them (those that a cluster's driver made have), in a mount namespace of the command's own.
#pragma once

#include <string>
#include <vector>

#include "app/instance.h"

namespace fairway::app {

// Which of the hosts a person means: by the whole name, without the random part that a stack's name has in its middle
// ("k8sbayv1-master-0" for "k8sbayv1-iypacicrskib-master-0"), or by the end of the name ("node-1", "master"). All that
// fit; one that fits better hides those that fit worse. Pure.
[[nodiscard]] std::vector<std::string> match_hosts(const std::vector<std::string>& hosts, std::string_view wanted);

// The host's folder, or empty when it has none.
[[nodiscard]] std::string host_folder(const Instance& instance, const std::string& host);

// Moves this process into a mount namespace with the host's files over the machine's. Nothing of it is seen outside.
// Errors: denied (not root), internal (the kernel refuses a mount).
[[nodiscard]] Result<> enter_host_view(const std::string& folder);

}  // namespace fairway::app
