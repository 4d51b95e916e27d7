#include "lab/container_root.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "base/strings.h"

namespace fairway::lab {

namespace fs = std::filesystem;

namespace {

Result<> do_mount(const std::string& source, const std::string& target, const char* type, unsigned long flags,
                  const char* data = nullptr) {
  if (::mount(source.c_str(), target.c_str(), type, flags, data) == 0) return {};
  return fail_errno(fmt::format("mount {} at {}", source, target), errno);
}

Result<> make_dirs(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return fail_errno("make directory " + path, error.value());
  return {};
}

Result<> bind_into(const std::string& source, const std::string& target, bool read_only) {
  FW_TRY_DO(do_mount(source, target, nullptr, MS_BIND | MS_REC));
  if (!read_only) return {};
  return do_mount("none", target, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV);
}

Result<> write_file(const std::string& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  file.close();
  if (!file) return fail_errno("write " + path, errno);
  return {};
}

// Nothing that is mounted here may appear on the machine. The root of a chroot is no mount point (EINVAL): then the mounts
// that can be seen are taken one by one.
Result<> keep_mounts_private() {
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) return {};
  if (errno != EINVAL) return fail_errno("make the mounts private", errno);
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    const auto fields = split(line, ' ');
    // One that is gone or out of reach is none that we could mount below.
    if (fields.size() > 4) ::mount("none", std::string(fields[4]).c_str(), nullptr, MS_PRIVATE, nullptr);
  }
  return {};
}

// Whether what is mounted at the path would be passed on to the machine (proc(5), mountinfo).
bool is_shared(std::string_view path) {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    const auto fields = split(line, ' ');
    if (fields.size() > 6 && fields[4] == path && line.find(" shared:") != std::string::npos) return true;
  }
  return false;
}

class RootBuilder {
 public:
  explicit RootBuilder(const ContainerSpec& spec) : spec_(spec), root_(spec.root_dir) {}

  Result<> build() {
    FW_TRY_DO(keep_mounts_private());
    FW_TRY_DO(make_dirs(root_));
    FW_TRY_DO(do_mount("tmpfs", root_, "tmpfs", MS_NOSUID, "mode=755,size=256m"));
    if (is_shared(root_)) {
      ::umount2(root_.c_str(), MNT_DETACH);
      return fail(Errc::unsupported,
                  "this root is a folder of a shared mount, onto which a container's mounts would "
                  "spread; make that mount private first (mount --make-private)");
    }
    FW_TRY_DO(add_programs());
    FW_TRY_DO(add_devices());
    FW_TRY_DO(add_etc());
    FW_TRY_DO(add_empty_places());
    for (const ContainerFile& file : spec_.files) FW_TRY_DO(add_file(file));
    for (const ContainerMount& mount : spec_.mounts) FW_TRY_DO(add_mount(mount));
    FW_TRY_DO(make_dirs(inside("/proc")));
    FW_TRY_DO(do_mount("proc", inside("/proc"), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC));
    if (!spec_.read_only_root) return {};
    return do_mount("none", root_, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID);
  }

  Result<> enter() {
    if (::chdir(root_.c_str()) != 0) return fail_errno("enter " + root_, errno);
    // Both at the same place: the old root ends up on top of the new one, and is taken away (pivot_root(2)).
    if (::syscall(SYS_pivot_root, ".", ".") == 0) {
      if (::umount2(".", MNT_DETACH) != 0) return fail_errno("leave the machine's root", errno);
    } else if (errno != EINVAL || ::chroot(".") != 0) {
      // EINVAL: we are in a chroot already, whose root cannot be exchanged; then another chroot has to do.
      return fail_errno("change the root to " + root_, errno);
    }
    if (::chdir("/") != 0) return fail_errno("enter the new root", errno);
    return {};
  }

 private:
  [[nodiscard]] std::string inside(std::string_view path) const { return root_ + std::string(path); }

  Result<> add_programs() {
    FW_TRY_DO(make_dirs(inside("/usr")));
    FW_TRY_DO(bind_into("/usr", inside("/usr"), true));
    for (const std::string name : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
      std::error_code error;
      if (fs::is_symlink(name, error)) {
        fs::copy_symlink(name, inside(name), error);
        if (error) return fail_errno("link " + name, error.value());
        continue;
      }
      if (!fs::is_directory(name, error)) continue;
      FW_TRY_DO(make_dirs(inside(name)));
      FW_TRY_DO(bind_into(name, inside(name), true));
    }
    return {};
  }

  Result<> add_devices() {
    FW_TRY_DO(make_dirs(inside("/dev/shm")));
    for (const std::string name : {"null", "zero", "full", "random", "urandom", "tty"}) {
      if (!fs::exists("/dev/" + name)) continue;
      FW_TRY_DO(write_file(inside("/dev/" + name), ""));
      FW_TRY_DO(bind_into("/dev/" + name, inside("/dev/" + name), false));
    }
    std::error_code error;
    fs::create_symlink("/proc/self/fd", inside("/dev/fd"), error);
    fs::create_symlink("/proc/self/fd/0", inside("/dev/stdin"), error);
    fs::create_symlink("/proc/self/fd/1", inside("/dev/stdout"), error);
    fs::create_symlink("/proc/self/fd/2", inside("/dev/stderr"), error);
    if (error) return fail_errno("make the links in /dev", error.value());
    return open_to_all("/dev/shm");
  }

  Result<> add_etc() {
    FW_TRY_DO(make_dirs(inside("/etc")));
    for (const std::string name :
         {"passwd", "group", "nsswitch.conf", "mime.types", "ld.so.cache", "ld.so.conf", "services", "protocols"}) {
      std::error_code error;
      if (fs::exists("/etc/" + name, error)) fs::copy_file("/etc/" + name, inside("/etc/" + name), error);
    }
    for (const std::string name : {"alternatives", "ssl/certs", "ld.so.conf.d"}) {
      if (!fs::is_directory("/etc/" + name)) continue;
      FW_TRY_DO(make_dirs(inside("/etc/" + name)));
      FW_TRY_DO(bind_into("/etc/" + name, inside("/etc/" + name), true));
    }
    FW_TRY_DO(write_file(inside("/etc/hostname"), spec_.hostname + "\n"));
    FW_TRY_DO(write_file(inside("/etc/resolv.conf"), ""));
    return write_file(inside("/etc/hosts"),
                      fmt::format("127.0.0.1\tlocalhost\n{}\t{}\n", spec_.address, spec_.hostname));
  }

  Result<> add_empty_places() {
    for (const char* path : {"/tmp", "/var/tmp", "/run/lock", "/root", "/home", "/opt", "/srv", "/mnt",
                             "/var/log/nginx", "/var/cache", "/var/lib/nginx"})
      FW_TRY_DO(make_dirs(inside(path)));
    std::error_code error;
    // Relative: what is mounted below it is found from outside, before this root is entered.
    fs::create_symlink("../run", inside("/var/run"), error);
    if (error) return fail_errno("link /var/run", error.value());
    FW_TRY_DO(open_to_all("/tmp"));
    return open_to_all("/var/tmp");
  }

  Result<> open_to_all(std::string_view path) {
    if (::chmod(inside(path).c_str(), 01777) != 0) return fail_errno("open " + inside(path), errno);
    return {};
  }

  // A directory of the machine's cannot be written: an empty one in memory takes the place of it, or of the nearest
  // one above it that exists.
  Result<> make_writable(const std::string& directory) {
    std::string nearest = directory;
    while (!fs::exists(inside(nearest))) nearest = fs::path(nearest).parent_path().string();
    if (::access(inside(nearest).c_str(), W_OK) != 0)
      FW_TRY_DO(do_mount("tmpfs", inside(nearest), "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=64m"));
    return make_dirs(inside(directory));
  }

  Result<> add_file(const ContainerFile& file) {
    FW_TRY_DO(make_writable(fs::path(file.path).parent_path().string()));
    return write_file(inside(file.path), file.content);
  }

  Result<> add_mount(const ContainerMount& mount) {
    FW_TRY_DO(make_dirs(inside(mount.path)));
    if (mount.source.empty())
      return do_mount("tmpfs", inside(mount.path), "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
    return bind_into(mount.source, inside(mount.path), mount.read_only);
  }

  const ContainerSpec& spec_;
  std::string root_;
};

}  // namespace

Result<> enter_container_root(const ContainerSpec& spec) {
  RootBuilder builder(spec);
  FW_TRY_DO(builder.build());
  return builder.enter();
}

}  // namespace fairway::lab
