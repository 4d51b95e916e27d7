#include "lab/container_exec.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include <fmt/format.h>

#include "lab/container_process.h"

namespace fairway::lab {

namespace {

constexpr int kNotStarted = 126, kNotFound = 127;

Result<int> open_of(int pid, std::string_view name) {
  const std::string path = fmt::format("/proc/{}/{}", pid, name);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail_errno("open " + path, errno);
  return fd;
}

// All are opened before the first is entered: /proc is another one afterwards.
Result<> enter_container(int pid) {
  std::array<int, 5> namespaces{};
  std::size_t at = 0;
  for (const char* name : {"ns/ipc", "ns/uts", "ns/net", "ns/pid", "ns/mnt"}) {
    FW_TRY(namespaces.at(at++), open_of(pid, name));
  }
  FW_TRY(const int root, open_of(pid, "root"));
  for (const int fd : namespaces) {
    if (::setns(fd, 0) != 0) return fail_errno("enter the container's namespaces", errno);
    ::close(fd);
  }
  if (::fchdir(root) != 0 || ::chroot(".") != 0) return fail_errno("enter the container's root", errno);
  ::close(root);
  return {};
}

Result<> use_streams(const ExecOrder& order) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return fail_errno("open /dev/null", errno);
  int to = 0;
  for (const int given : {order.in, order.out, order.err}) {
    if (given > 0) ::fcntl(given, F_SETFD, FD_CLOEXEC);
    if (::dup2(given > 0 ? given : null, to++) < 0) return fail_errno("set standard streams", errno);
  }
  return {};
}

// In the container. Returns only when it failed.
Result<> become_program(const ExecOrder& order, const ContainerSpec& spec, const Identity& identity) {
  reset_signals();
  ::setsid();
  FW_TRY_DO(use_streams(order));
  if (order.terminal && ::ioctl(0, TIOCSCTTY, 0) != 0) return fail_errno("take the terminal", errno);
  if (::chdir(spec.working_dir.c_str()) != 0) return fail_errno("enter working directory " + spec.working_dir, errno);
  give_up_capabilities();
  FW_TRY_DO(become(identity));
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::vector<std::string> env = spec.env;
  if (order.terminal) env.emplace_back("TERM=xterm");
  return execute(order.argv, env);
}

Result<int> run(const ExecOrder& order) {
  FW_TRY(const ContainerSpec spec, read_container_spec(order.spec_file));
  FW_TRY(const Identity identity, identity_of(spec.user));
  FW_TRY_DO(enter_container(order.pid));
  const pid_t child = ::fork();
  if (child < 0) return fail_errno("fork", errno);
  if (child == 0) {
    const Result<> failed = become_program(order, spec, identity);
    const std::string what = failed.error().what + "\n";
    if (::write(2, what.data(), what.size()) < 0) ::_exit(kNotStarted);
    ::_exit(failed.error().code == Errc::not_found ? kNotFound : kNotStarted);
  }
  for (const int fd : {order.in, order.out, order.err}) {
    if (fd > 0) ::close(fd);  // so that their other ends see the program's end alone
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return fail_errno("wait for the program", errno);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int exec_in_container(const ExecOrder& order) {
  const auto code = run(order);
  if (code) return *code;
  const std::string what = code.error().what + "\n";
  if (order.err > 0 && ::write(order.err, what.data(), what.size()) < 0) return kNotFound;
  return kNotStarted;
}

}  // namespace fairway::lab
