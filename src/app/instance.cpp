#include "app/instance.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <fmt/format.h>

#include "base/strings.h"
#include "json/described.h"

namespace fairway::app {

namespace fs = std::filesystem;

namespace {

constexpr const char* kInstances = "/run/fairway/instances";
constexpr const char* kPorts[] = {"cloud",          "kube-api",          "health-cloud", "health-kube-api",
                                  "health-gateway", "health-controller", "health-lab"};

Result<> make_dir(const std::string& path, mode_t mode) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return fail_errno("make directory " + path, error.value());
  if (::chmod(path.c_str(), mode) != 0) return fail_errno("set the mode of " + path, errno);
  return {};
}

// A socket bound to 127.0.0.1:port (0: the kernel chooses), or -1.
int bound_socket(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

std::string make_prefix(Random& random) {
  std::string prefix = "fw";
  while (prefix.size() < 6) {
    for (const char c : make_suffix(random, 8)) {
      if (c >= 'a' && c <= 'z' && prefix.size() < 6) prefix += c;
    }
  }
  return prefix;
}

Result<std::string> absolute(const std::string& dir) {
  std::error_code error;
  fs::path path = fs::absolute(dir, error).lexically_normal();
  if (error) return fail_errno("find " + dir, error.value());
  std::string text = path.string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

// Whether a `fairway up` in this directory lives: it holds the lock as long as it does.
bool lock_is_held(const std::string& dir) {
  const int fd = ::open((dir + "/run/up.lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool held = ::flock(fd, LOCK_SH | LOCK_NB) != 0;
  ::close(fd);
  return held;
}

}  // namespace

Result<Instance> Instance::read(const std::string& dir) {
  FW_TRY(const std::string path, absolute(dir));
  const std::string file = path + "/instance.json";
  if (!fs::exists(file))
    return fail(Errc::not_found, fmt::format("{} is no directory of `fairway up`: it has no instance.json", path));
  auto text = read_whole_file(file);
  if (!text && text.error().code == Errc::denied) text.error().what += "; it is its owner's: run this as root";
  if (!text) return std::unexpected(std::move(text).error());
  FW_TRY(const json::Value value, within(json::parse(*text), file));
  FW_TRY(InstanceFile content, within(json::decode<InstanceFile>(value), file));
  return Instance(path, std::move(content));
}

Result<Instance> Instance::open(const std::string& dir, Random& random) {
  FW_TRY(const std::string path, absolute(dir));
  FW_TRY_DO(make_dir(path, 0755));
  for (const char* name : {"/logs", "/logs/pods", "/run", "/gateway", "/lab"}) FW_TRY_DO(make_dir(path + name, 0755));
  FW_TRY_DO(make_dir(path + "/secrets", 0700));
  if (fs::exists(path + "/instance.json")) return read(path);
  Instance fresh(path, {make_prefix(random), {}});
  FW_TRY_DO(fresh.choose_ports());
  return fresh;
}

std::uint16_t Instance::port(const std::string& name) const {
  const auto found = file_.ports.find(name);
  return found == file_.ports.end() ? std::uint16_t{0} : found->second;
}

// All are held at once, so that they differ.
Result<> Instance::choose_ports() {
  std::vector<int> held;
  for (const char* name : kPorts) {
    const int fd = bound_socket(0);
    if (fd < 0) return fail_errno("find a free port on 127.0.0.1", errno);
    file_.ports[name] = port_of(fd);
    held.push_back(fd);
  }
  for (const int fd : held) ::close(fd);
  return save();
}

bool Instance::ports_free() const {
  return std::ranges::all_of(kPorts, [this](const char* name) {
    const int fd = port(name) == 0 ? -1 : bound_socket(port(name));
    if (fd >= 0) ::close(fd);
    return fd >= 0;
  });
}

Result<> Instance::save() const {
  return write_private_file(path("instance.json"), json::write_pretty(json::encode(file_)) + "\n");
}

bool runs(const Instance& instance) { return lock_is_held(instance.dir()); }

std::vector<std::string> running_instances() {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(kInstances, error)) {
    const auto dir = read_whole_file(entry.path().string());
    // A line that its `up` did not live to remove: nobody holds the lock any more.
    if (dir && lock_is_held(std::string(trim(*dir)))) found.emplace_back(trim(*dir));
  }
  std::ranges::sort(found);
  return found;
}

Result<> announce_instance(const Instance& instance) {
  FW_TRY_DO(make_dir(kInstances, 0755));
  return write_private_file(std::string(kInstances) + "/" + instance.prefix(), instance.dir() + "\n");
}

void withdraw_instance(const Instance& instance) {
  std::error_code ignored;
  fs::remove(std::string(kInstances) + "/" + instance.prefix(), ignored);
  fs::remove(kInstances, ignored);  // both only when they are empty
  fs::remove("/run/fairway", ignored);
}

Result<Instance> choose_instance(const std::string& dir) {
  if (!dir.empty()) return Instance::read(dir);
  const std::vector<std::string> running = running_instances();
  if (running.size() == 1) return Instance::read(running.front());
  if (running.empty())
    return fail(Errc::not_found,
                "no `fairway up` runs on this machine; start one with `fairway up --dir D`, or name "
                "its directory in FAIRWAY_DIR");
  return fail(Errc::invalid, fmt::format("{} instances run on this machine ({}); say which one is meant: source its "
                                         "openrc, or set FAIRWAY_DIR",
                                         running.size(), join(running, ", ")));
}

}  // namespace fairway::app
