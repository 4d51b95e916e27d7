#include "app/host_view.h"

#include <sched.h>
#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <functional>

#include "base/strings.h"

namespace fairway::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kStackSuffix = 12;

bool is_stack_suffix(std::string_view text) {
  return text.size() == kStackSuffix &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

// Without the part that `openstack coe cluster create` chose at random.
std::string short_name(std::string_view host) {
  std::vector<std::string> kept;
  for (const std::string_view part : split(host, '-')) {
    if (!is_stack_suffix(part)) kept.emplace_back(part);
  }
  return join(kept, "-");
}

Result<> bind_over(const std::string& from, const std::string& to) {
  if (::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) != 0) return fail_errno("mount over " + to, errno);
  return {};
}

}  // namespace

std::vector<std::string> match_hosts(const std::vector<std::string>& hosts, std::string_view wanted) {
  const auto ends_with = [&](const std::string& host, std::string_view end) {
    return host.size() > end.size() && host.ends_with(end) && host[host.size() - end.size() - 1] == '-';
  };
  const std::string first = std::string(wanted) + "-0";
  const std::vector<std::function<bool(const std::string&)>> readings{
      [&](const std::string& host) { return host == wanted; },
      [&](const std::string& host) { return short_name(host) == wanted; },
      [&](const std::string& host) { return ends_with(host, wanted); },
      [&](const std::string& host) { return ends_with(host, first); },
  };
  for (const auto& fits : readings) {
    std::vector<std::string> found;
    std::ranges::copy_if(hosts, std::back_inserter(found), fits);
    if (!found.empty()) return found;
  }
  return {};
}

std::string host_folder(const Instance& instance, const std::string& host) {
  std::error_code error;
  for (const auto& cluster : fs::directory_iterator(instance.path("clusters"), error)) {
    const fs::path folder = cluster.path() / "hosts" / host;
    if (fs::is_directory(folder, error)) return folder.string();
  }
  return {};
}

Result<> enter_host_view(const std::string& folder) {
  if (::unshare(CLONE_NEWNS) != 0) return fail_errno("make a mount namespace", errno);
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return fail_errno("keep mounts to ourselves", errno);
  // Read-only, for the places to mount over: they need not be there in the machine's /etc.
  const std::string layers = "lowerdir=" + folder + "/etc:/etc";
  if (::mount("overlay", "/etc", "overlay", MS_RDONLY, layers.c_str()) != 0)
    return fail_errno("lay the host's /etc over the machine's", errno);
  for (const char* name : {"/etc/sysconfig", "/etc/kubernetes"}) {
    if (fs::is_directory(folder + name)) FW_TRY_DO(bind_over(folder + name, name));
  }
  const std::string service = folder + "/service";
  if (fs::exists(service) && fs::exists("/usr/sbin/service")) return bind_over(service, "/usr/sbin/service");
  return {};
}

}  // namespace fairway::app
