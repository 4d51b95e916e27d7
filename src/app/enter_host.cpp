#include "app/enter_host.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

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

}  // namespace

int run_on_host(const Instance& instance, const std::string& host, std::vector<std::string> command) {
  const std::string ns = net::Fabric(instance.prefix()).host_namespace(host);
  if (!net::namespace_exists(ns)) {
    const std::vector<std::string> hosts = hosts_of(instance);
    std::cerr << "fairway lab exec: the lab in " << instance.dir() << " has no host " << host << "; "
              << (hosts.empty() ? "it has none now: is it running?" : "its hosts are " + join(hosts, ", ")) << "\n";
    return 2;
  }
  const int fd = ::open(("/run/netns/" + ns).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 || ::setns(fd, CLONE_NEWNET) != 0) {
    std::cerr << "fairway lab exec: enter host " << host << ": " << std::strerror(errno)
              << (errno == EPERM ? "; only root can" : "") << "\n";
    return 126;
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
