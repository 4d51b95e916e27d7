// Network namespaces by name (/run/netns, as ip-netns(8) has them), and doing things inside one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace fairway::net {

// Making one that exists, or removing one that doesn't, is no error. New ones get loopback up.
// Removing unmounts and unlinks; processes inside live on until they end.
[[nodiscard]] Result<> make_namespace(const std::string& name);
[[nodiscard]] Result<> remove_namespace(const std::string& name);
[[nodiscard]] bool namespace_exists(const std::string& name);
[[nodiscard]] std::vector<std::string> list_namespaces(std::string_view prefix);

// Runs `work` on a thread that has entered the namespace, and waits for it (milliseconds; for socket(), netlink,
// sysctl). What it opens stays in that namespace. Error: not_found.
[[nodiscard]] Result<> in_namespace(const std::string& name, const std::function<Result<>()>& work);

// "net.ipv4.ip_forward" = "1", inside the namespace.
[[nodiscard]] Result<> set_sysctl(const std::string& name, std::string_view key, std::string_view value);

}  // namespace fairway::net
