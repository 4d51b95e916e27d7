#include "net/namespace.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <mutex>
#include <semaphore>
#include <thread>

#include "base/strings.h"
#include "net/links.h"
#include "net/nft.h"
#include "net/rtnetlink.h"

namespace fairway::net {
namespace {

constexpr const char* kDirectory = "/run/netns";

std::string path_of(const std::string& name) { return fmt::format("{}/{}", kDirectory, name); }

bool is_namespace_file(const std::string& path) {
  struct statfs facts{};
  return ::statfs(path.c_str(), &facts) == 0 && facts.f_type == NSFS_MAGIC;
}

bool is_usable_name(const std::string& name) {
  return !name.empty() && name.size() < 200 && name != "." && name != ".." && name.find('/') == std::string::npos;
}

// A thread that goes into a namespace for one piece of work and comes home again, so that no namespace is kept alive
// by an idle thread of ours and no thread of the program ever finds itself elsewhere.
class Worker {
 public:
  Worker() : thread_([this] { serve(); }) {}
  ~Worker() {
    work_ = nullptr;
    wake_.release();
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // False in `usable` afterwards: this thread is lost abroad and must not be used again.
  Result<> run(int target, const std::function<Result<>()>& work) {
    target_ = target;
    work_ = &work;
    result_ = {};
    thrown_ = nullptr;
    wake_.release();
    done_.acquire();
    if (thrown_) std::rethrow_exception(thrown_);
    return std::move(result_);
  }
  [[nodiscard]] bool usable() const { return usable_; }

 private:
  void serve() {
    const Descriptor home(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    usable_ = home.get() >= 0;
    while (true) {
      wake_.acquire();
      if (work_ == nullptr) return;
      go(home.get());
      done_.release();
    }
  }

  void go(int home) {
    if (!usable_) {
      result_ = fail(Errc::internal,
                     "enter a network namespace: /proc/thread-self/ns/net cannot be opened; is /proc mounted?");
      return;
    }
    if (::setns(target_, CLONE_NEWNET) != 0) {
      result_ = fail_errno("enter a network namespace (this needs CAP_SYS_ADMIN)", errno);
      return;
    }
    try {
      result_ = (*work_)();
    } catch (...) {
      thrown_ = std::current_exception();
    }
    usable_ = ::setns(home, CLONE_NEWNET) == 0;
  }

  std::binary_semaphore wake_{0}, done_{0};
  int target_ = -1;
  const std::function<Result<>()>* work_ = nullptr;
  Result<> result_;
  std::exception_ptr thrown_;
  bool usable_ = true;
  std::thread thread_;  // last: it uses the rest
};

class Workers {
 public:
  std::unique_ptr<Worker> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<Worker>();
    auto worker = std::move(idle_.back());
    idle_.pop_back();
    return worker;
  }
  void give_back(std::unique_ptr<Worker> worker) {
    if (!worker->usable()) return;
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(worker));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

Workers& workers() {
  static Workers all;
  return all;
}

// /run/netns as ip-netns(8) wants it: a shared mount, so that other mount namespaces see what appears in it.
Result<> prepare_directory() {
  if (::mkdir(kDirectory, 0755) != 0 && errno != EEXIST) return fail_errno(fmt::format("make {}", kDirectory), errno);
  if (::mount("", kDirectory, "none", MS_SHARED | MS_REC, nullptr) == 0) return {};
  if (errno != EINVAL) return fail_errno(fmt::format("share the mount {} (this needs root)", kDirectory), errno);
  if (::mount(kDirectory, kDirectory, "none", MS_BIND | MS_REC, nullptr) != 0 ||
      ::mount("", kDirectory, "none", MS_SHARED | MS_REC, nullptr) != 0) {
    return fail_errno(fmt::format("mount {} on itself", kDirectory), errno);
  }
  return {};
}

Result<> mount_new_namespace(const std::string& path) {
  Result<> result;
  // A thread of its own, which ends here: unshare() has no way back.
  std::thread([&] {
    if (::unshare(CLONE_NEWNET) != 0) {
      result = fail_errno("make a network namespace (this needs root)", errno);
    } else if (::mount("/proc/thread-self/ns/net", path.c_str(), "none", MS_BIND, nullptr) != 0) {
      result = fail_errno(fmt::format("mount {}", path), errno);
    }
  }).join();
  return result;
}

// New namespaces start with loopback down, and with bridged frames going through the IP hooks where br_netfilter is
// loaded: that breaks address translation between two ports of one bridge.
Result<> furnish(const std::string& name) {
  FW_TRY_DO(set_link_up(name, "lo"));
  return in_namespace(name, [&]() -> Result<> {
    for (const char* key : {"arptables", "ip6tables", "iptables"}) {
      const auto path = fmt::format("/proc/sys/net/bridge/bridge-nf-call-{}", key);
      const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
      if (file.get() < 0) continue;  // br_netfilter is not loaded
      if (::write(file.get(), "0", 1) != 1) return fail_errno(fmt::format("write {} in {}", path, name), errno);
    }
    return {};
  });
}

}  // namespace

Result<> make_namespace(const std::string& name) {
  if (!is_usable_name(name))
    return fail(Errc::invalid, fmt::format("make network namespace '{}': not a usable name", name));
  const auto path = path_of(name);
  if (is_namespace_file(path)) return {};
  FW_TRY_DO(within(prepare_directory(), "make network namespace " + name));
  // Two processes may want the same one at the same time: the second finds it made.
  const Descriptor directory(::open(kDirectory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::flock(directory.get(), LOCK_EX) != 0)
    return fail_errno(fmt::format("lock {}", kDirectory), errno);
  if (is_namespace_file(path)) return {};
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0444));
  if (file.get() < 0) return fail_errno(fmt::format("make {}", path), errno);
  FW_TRY_DO(within(mount_new_namespace(path), "make network namespace " + name));
  return within(furnish(name), "make network namespace " + name);
}

Result<> remove_namespace(const std::string& name) {
  if (!is_usable_name(name))
    return fail(Errc::invalid, fmt::format("remove network namespace '{}': not a usable name", name));
  forget_nft(name);
  forget_links(name);
  const auto path = path_of(name);
  while (is_namespace_file(path)) {
    if (::umount2(path.c_str(), MNT_DETACH) != 0) return fail_errno(fmt::format("unmount {}", path), errno);
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail_errno(fmt::format("remove {}", path), errno);
  return {};
}

bool namespace_exists(const std::string& name) { return is_usable_name(name) && is_namespace_file(path_of(name)); }

std::vector<std::string> list_namespaces(std::string_view prefix) {
  std::vector<std::string> names;
  DIR* directory = ::opendir(kDirectory);
  if (directory == nullptr) return names;
  while (const dirent* entry = ::readdir(directory)) {
    std::string name = entry->d_name;
    if (name.starts_with(prefix) && namespace_exists(name)) names.push_back(std::move(name));
  }
  ::closedir(directory);
  std::ranges::sort(names);
  return names;
}

Result<> in_namespace(const std::string& name, const std::function<Result<>()>& work) {
  if (name.empty()) return work();
  if (!namespace_exists(name))
    return fail(Errc::not_found, fmt::format("network namespace {}: there is none of this name", name));
  const Descriptor target(::open(path_of(name).c_str(), O_RDONLY | O_CLOEXEC));
  if (target.get() < 0) return fail_errno(fmt::format("open {}", path_of(name)), errno);
  auto worker = workers().take();
  auto result = worker->run(target.get(), work);
  workers().give_back(std::move(worker));
  return result;
}

Result<> set_sysctl(const std::string& name, std::string_view key, std::string_view value) {
  std::string path = "/proc/sys/";
  for (const char c : key) path += c == '.' ? '/' : c;
  return in_namespace(name, [&]() -> Result<> {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) return fail_errno(fmt::format("set {} in {}: open {}", key, name, path), errno);
    if (::write(file.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size())) {
      return fail_errno(fmt::format("set {} = {} in {}", key, value, name), errno);
    }
    return {};
  });
}

}  // namespace fairway::net
