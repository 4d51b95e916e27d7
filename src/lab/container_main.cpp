#include "lab/container_main.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "lab/container_process.h"
#include "lab/container_root.h"

namespace fairway::lab {

namespace {

Result<> enter_namespaces(const ContainerSpec& spec) {
  const std::string path = "/run/netns/" + spec.network_namespace;
  const int ns = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (ns < 0) return fail_errno("open " + path, errno);
  const int entered = ::setns(ns, CLONE_NEWNET);
  const int error = errno;
  ::close(ns);
  if (entered != 0) return fail_errno("enter " + path, error);
  if (::unshare(CLONE_NEWPID) != 0) return fail_errno("make a process namespace", errno);
  return {};
}

Result<> use_log(const std::string& path) {
  const int log = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (log < 0) return fail_errno("open " + path, errno);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null < 0 || ::dup2(null, 0) < 0 || ::dup2(log, 1) < 0 || ::dup2(log, 2) < 0)
    return fail_errno("set standard streams", errno);
  return {};
}

// In the first process of the new namespaces. Returns only when it failed.
Result<> become_container(ContainerSpec spec) {
  FW_TRY(const Identity identity, identity_of(spec.user));
  reset_signals();
  ::setsid();
  FW_TRY_DO(use_log(spec.log_file));
  // By the child only: its parent still has to write the pid file on the machine's own file system.
  if (::unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC) != 0) return fail_errno("make namespaces", errno);
  FW_TRY_DO(enter_container_root(spec));
  if (::sethostname(spec.hostname.c_str(), spec.hostname.size()) != 0) return fail_errno("set host name", errno);
  std::error_code error;
  std::filesystem::create_directories(spec.working_dir, error);
  if (::chdir(spec.working_dir.c_str()) != 0) return fail_errno("enter working directory " + spec.working_dir, errno);
  give_up_capabilities();
  FW_TRY_DO(become(identity));
  return execute(spec.argv, spec.env);
}

// What the child said before it became the program; empty when it did.
std::string read_complaint(int from) {
  std::string text;
  char buffer[512];
  for (;;) {
    const ssize_t got = ::read(from, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

Result<> write_pid(const std::string& path, pid_t pid) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::trunc);
  file << pid << "\n";
  file.close();
  if (!file || std::rename(fresh.c_str(), path.c_str()) != 0) return fail_errno("write " + path, errno);
  return {};
}

Result<> start(const std::string& spec_file) {
  FW_TRY(ContainerSpec spec, read_container_spec(spec_file));
  FW_TRY_DO(enter_namespaces(spec));
  int complaint[2];
  if (::pipe2(complaint, O_CLOEXEC) != 0) return fail_errno("make a pipe", errno);
  const pid_t child = ::fork();
  if (child < 0) return fail_errno("fork", errno);
  if (child == 0) {
    const Result<> failed = become_container(std::move(spec));
    const std::string& what = failed.error().what;
    if (::write(complaint[1], what.data(), what.size()) < 0) ::_exit(126);
    ::_exit(127);
  }
  ::close(complaint[1]);
  const std::string text = read_complaint(complaint[0]);
  if (!text.empty()) {
    ::waitpid(child, nullptr, 0);
    return fail(Errc::invalid, text);
  }
  const Result<> written = write_pid(spec.pid_file, child);
  if (!written) ::kill(child, SIGKILL);  // nobody would ever find it again
  return written;
}

}  // namespace

int start_container(const std::string& spec_file) {
  const Result<> started = start(spec_file);
  if (started) return 0;
  std::fprintf(stderr, "%s\n", started.error().what.c_str());
  return 1;
}

}  // namespace fairway::lab
