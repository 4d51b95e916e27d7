#include "app/enter_host.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "app/host_view.h"
#include "base/strings.h"
#include "net/fabric.h"
#include "net/namespace.h"

namespace fairway::app {

namespace {

std::vector<std::string> hosts_of(const Instance& instance) {
  const std::string prefix = net::Fabric(instance.prefix()).host_namespace("");
  std::vector<std::string> hosts;
  for (const std::string& ns : net::list_namespaces(prefix)) hosts.push_back(ns.substr(prefix.size()));
  return hosts;
}

// The host that is meant; otherwise says why not.
std::optional<std::string> find_host(const Instance& instance, const std::string& wanted) {
  const std::vector<std::string> hosts = hosts_of(instance);
  const std::vector<std::string> found = match_hosts(hosts, wanted);
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    std::cerr << "fairway lab exec: the lab in " << instance.dir() << " has no host " << wanted << "; "
              << (hosts.empty() ? "it has none now: is it running?" : "its hosts are " + join(hosts, ", ")) << "\n";
  } else {
    std::cerr << "fairway lab exec: " << wanted << " may be any of " << join(found, ", ") << "; say which\n";
  }
  return std::nullopt;
}

}  // namespace

int run_on_host(const Instance& instance, const std::string& wanted, std::vector<std::string> command) {
  const auto found = find_host(instance, wanted);
  if (!found) return 2;
  const std::string& host = *found;
  const std::string ns = net::Fabric(instance.prefix()).host_namespace(host);
  const int fd = ::open(("/run/netns/" + ns).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 || ::setns(fd, CLONE_NEWNET) != 0) {
    std::cerr << "fairway lab exec: enter host " << host << ": " << std::strerror(errno)
              << (errno == EPERM ? "; only root can" : "") << "\n";
    return 126;
  }
  if (const std::string folder = host_folder(instance, host); !folder.empty()) {
    if (const Result<> seen = enter_host_view(folder); !seen) {
      std::cerr << "fairway lab exec: enter host " << host << ": " << seen.error().what << "\n";
      return 126;
    }
  }
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  std::cerr << "fairway lab exec: " << command[0] << ": " << std::strerror(errno) << "\n";
  return errno == ENOENT ? 127 : 126;
}

}  // namespace fairway::app
