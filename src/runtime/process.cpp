#include "runtime/process.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/strings.h"
#include "runtime/loop.h"
#include "runtime/sync.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)  // linux/close_range.h, 5.11
#endif

namespace fairway {
namespace {

using boost::system::error_code;
using Descriptor = boost::asio::posix::stream_descriptor;

class OwnedFd {
 public:
  explicit OwnedFd(int fd = -1) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OwnedFd() { reset(); }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

struct Pipe {
  OwnedFd read, write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("make a pipe", errno);
  return Pipe{OwnedFd(ends[0]), OwnedFd(ends[1])};
}

// Where the child's first three descriptors come from; -1: ours.
struct Streams {
  int in = -1;
  int out = -1;
  int err = -1;
  bool own_group = false;  // so that what the child itself starts can be ended with it
};

// Everything that the child needs, made before fork: after it only system calls are allowed (signal-safety(7)).
struct Prepared {
  std::string program;
  std::vector<std::string> env_text;
  std::vector<char*> argv;
  std::vector<char*> envp;
  OwnedFd network_namespace;
  OwnedFd log;
  OwnedFd null;
  int parent = 0;
};

std::optional<std::string_view> variable(const std::vector<std::string>& env, std::string_view name) {
  for (const std::string_view item : env) {
    if (item.starts_with(name) && item.substr(name.size()).starts_with('=')) return item.substr(name.size() + 1);
  }
  return std::nullopt;
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> env;
  for (char** item = environ; *item != nullptr; ++item) {
    const std::string_view text = *item;
    if (!added.contains(std::string(text.substr(0, text.find('='))))) env.emplace_back(text);
  }
  for (const auto& [key, value] : added) env.push_back(key + "=" + value);
  return env;
}

Result<std::string> find_program(const std::string& name, std::string_view path) {
  if (name.empty()) return fail(Errc::invalid, "start a process: no program is named");
  if (name.contains('/')) return name;
  for (const auto folder : split(path, ':')) {
    const std::string candidate = (folder.empty() ? "." : std::string(folder)) + "/" + name;
    struct stat found{};
    const bool is_program =
        ::stat(candidate.c_str(), &found) == 0 && S_ISREG(found.st_mode) && ::access(candidate.c_str(), X_OK) == 0;
    if (is_program) return candidate;
  }
  return fail(Errc::not_found,
              fmt::format("start {}: no such program on PATH ({}); install it or correct PATH", name, path));
}

Result<OwnedFd> open_file(const std::string& path, int flags, std::string_view doing) {
  OwnedFd file(::open(path.c_str(), flags | O_CLOEXEC, 0640));
  if (!file) return fail_errno(doing, errno);
  return file;
}

Result<Prepared> prepare(const ProcessSpec& spec) {
  Prepared made;
  made.env_text = merged_environment(spec.env);
  if (spec.argv.empty()) return fail(Errc::invalid, "start a process: no program is named");
  FW_TRY(made.program,
         find_program(spec.argv.front(), variable(made.env_text, "PATH").value_or("/usr/sbin:/usr/bin:/sbin:/bin")));
  for (const auto& argument : spec.argv) made.argv.push_back(const_cast<char*>(argument.c_str()));
  made.argv.push_back(nullptr);
  for (const auto& item : made.env_text) made.envp.push_back(const_cast<char*>(item.c_str()));
  made.envp.push_back(nullptr);
  const std::string doing = "start " + spec.argv.front() + ": ";
  if (!spec.network_namespace.empty()) {
    const std::string path = "/run/netns/" + spec.network_namespace;
    FW_TRY(made.network_namespace, open_file(path, O_RDONLY, doing + "enter the namespace " + path));
  }
  if (!spec.log_file.empty()) {
    FW_TRY(made.log,
           open_file(spec.log_file, O_WRONLY | O_CREAT | O_APPEND, doing + "open its log " + spec.log_file));
  }
  FW_TRY(made.null, open_file("/dev/null", O_RDWR, doing + "open /dev/null"));
  made.parent = ::getpid();
  return made;
}

// What went wrong in the child, sent to the parent through a pipe that exec closes.
struct ChildFault {
  int error_number;
  char step;  // an index into step_names
};
constexpr std::array<std::string_view, 5> step_names{"enter the network namespace", "change to its working directory",
                                                     "set up its descriptors", "die with its parent", "execute"};

[[noreturn]] void child_fail(int report, char step) {
  const ChildFault fault{errno, step};
  (void)!::write(report, &fault, sizeof fault);
  ::_exit(127);
}

void child_descriptors(const ProcessSpec& spec, const Streams& streams, const Prepared& made, int report) {
  const int log = made.log ? made.log.get() : -1;
  const std::array sources{streams.in >= 0 ? streams.in : made.null.get(), streams.out >= 0 ? streams.out : log,
                           streams.err >= 0 ? streams.err : log};
  // All sources are CLOEXEC and above 2 (ours stay open for the program's life), so none is overwritten before its
  // turn.
  for (int to = 0; to < 3; ++to) {
    const int from = sources[static_cast<std::size_t>(to)];
    if (from >= 0 && ::dup2(from, to) < 0) child_fail(report, 2);
  }
  if (::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0) child_fail(report, 2);
  for (const int fd : spec.inherit) {
    if (::fcntl(fd, F_SETFD, 0) != 0) child_fail(report, 2);
  }
}

[[noreturn]] void run_child(const ProcessSpec& spec, const Streams& streams, const Prepared& made, int report) {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);  // what we ignore stays ignored across exec
  if (made.network_namespace && ::setns(made.network_namespace.get(), CLONE_NEWNET) != 0) child_fail(report, 0);
  if (!spec.working_directory.empty() && ::chdir(spec.working_directory.c_str()) != 0) child_fail(report, 1);
  if (spec.own_session) {
    ::setsid();
  } else if (streams.own_group) {
    ::setpgid(0, 0);
  }
  child_descriptors(spec, streams, made, report);
  if (spec.die_with_parent) {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) child_fail(report, 3);
    if (::getppid() != made.parent) ::_exit(127);  // it died before we asked
  }
  ::execve(made.program.c_str(), made.argv.data(), made.envp.data());
  child_fail(report, 4);
}

struct Stat {
  char state = 0;
  std::uint64_t start_ticks = 0;
};

// proc(5): the name in parentheses may hold anything, so fields are counted from the last one.
std::optional<Stat> read_stat(int pid) {
  const OwnedFd file(::open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> bytes{};
  const auto got = file ? ::read(file.get(), bytes.data(), bytes.size()) : -1;
  if (got <= 0) return std::nullopt;
  const std::string_view text(bytes.data(), static_cast<std::size_t>(got));
  const auto after_name = text.rfind(") ");
  if (after_name == std::string_view::npos) return std::nullopt;
  const auto fields = split(text.substr(after_name + 2), ' ');  // the first is field 3, the state
  if (fields.size() < 20) return std::nullopt;
  const auto ticks = parse_int(fields[19]);
  if (!ticks) return std::nullopt;
  return Stat{fields[0].front(), static_cast<std::uint64_t>(*ticks)};
}

bool has_ended(const Stat& stat) { return stat.state == 'Z' || stat.state == 'X'; }

// A handle on exactly this process, or nothing when its number is free or a stranger's.
OwnedFd open_process(const ProcessId& process) {
  OwnedFd handle(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (!handle) return OwnedFd();
  const auto stat = read_stat(process.pid);
  if (!stat || stat->start_ticks != process.start_ticks) return OwnedFd();
  return handle;
}

std::optional<ProcessEnd> reap(idtype_t kind, id_t id) {
  siginfo_t info{};
  if (::waitid(kind, id, &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0) return std::nullopt;
  if (info.si_code == CLD_EXITED) return ProcessEnd{.exit_code = info.si_status};
  return ProcessEnd{.signal = info.si_status};
}

Result<ProcessId> start(const ProcessSpec& spec, const Streams& streams) {
  FW_TRY(const Prepared made, prepare(spec));
  FW_TRY(Pipe report, make_pipe());
  const int pid = ::fork();
  if (pid < 0) return fail_errno("start " + spec.argv.front(), errno);
  if (pid == 0) run_child(spec, streams, made, report.write.get());
  report.write.reset();
  ChildFault fault{};
  ssize_t got = 0;
  do {
    got = ::read(report.read.get(), &fault, sizeof fault);
  } while (got < 0 && errno == EINTR);
  if (got == sizeof fault) {
    ::waitpid(pid, nullptr, 0);
    const auto step = step_names.at(static_cast<std::size_t>(fault.step));
    return fail_errno(fmt::format("start {}: {} {}", spec.argv.front(), step, fault.step == 4 ? made.program : ""),
                      fault.error_number);
  }
  const auto stat = read_stat(pid);  // a zombie has one too, and nobody but us can reap it
  FW_CHECK(stat.has_value());
  return ProcessId{pid, stat->start_ticks};
}

Task<> signal_later(Env& env, ProcessId process, Duration after, std::function<void()> act) {
  co_await env.timers.sleep(after);
  if (process_alive(process)) act();
}

// Acts on the process after a while, unless it is destroyed before.
class Later {
 public:
  Later(boost::asio::any_io_executor executor, Env& env, ProcessId process, Duration after, std::function<void()> act)
      : cancel_(std::make_shared<boost::asio::cancellation_signal>()) {
    const auto ended = [keep = cancel_](const std::exception_ptr&) {};  // cancelled: the usual end
    boost::asio::co_spawn(executor, signal_later(env, process, after, std::move(act)),
                          boost::asio::bind_cancellation_slot(cancel_->slot(), ended));
  }
  ~Later() { cancel_->emit(boost::asio::cancellation_type::terminal); }
  Later(const Later&) = delete;
  Later& operator=(const Later&) = delete;

 private:
  std::shared_ptr<boost::asio::cancellation_signal> cancel_;
};

// The reading end of a child's output, on the loop.
struct Collector {
  Collector(const boost::asio::any_io_executor& executor, OwnedFd fd) : pipe(executor, fd.release()) {}
  Descriptor pipe;
  std::string text;
  bool done = false;
  Notify ended;
};

Task<> collect(std::shared_ptr<Collector> into) {
  std::array<char, 16 * 1024> piece{};
  error_code error;
  while (!error) {
    const auto got = co_await into->pipe.async_read_some(
        boost::asio::buffer(piece), boost::asio::redirect_error(boost::asio::use_awaitable, error));
    into->text.append(piece.data(), got);
  }
  into->done = true;
  into->ended.notify_all();
}

// A descendant that lives on may hold the pipe open: what is in it by then is what there is.
Task<std::string> collected(std::shared_ptr<Collector> from) {
  constexpr std::chrono::milliseconds grace{500};
  if (!from->done) co_await from->ended.wait(grace);
  if (!from->done) from->pipe.cancel();
  while (!from->done) co_await from->ended.wait();
  co_return std::move(from->text);
}

Result<OwnedFd> file_of(const std::string& text) {
  OwnedFd file(::memfd_create("fairway-stdin", MFD_CLOEXEC));
  if (!file) return fail_errno("make a file for the command's input", errno);
  for (std::size_t done = 0; done < text.size();) {
    const auto wrote = ::write(file.get(), text.data() + done, text.size() - done);
    if (wrote < 0) return fail_errno("write the command's input", errno);
    done += static_cast<std::size_t>(wrote);
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

}  // namespace

Result<ProcessId> start_process(const ProcessSpec& spec) { return start(spec, {}); }

std::optional<ProcessId> identify_process(int pid) {
  const auto stat = pid > 0 ? read_stat(pid) : std::nullopt;
  if (!stat || has_ended(*stat)) return std::nullopt;
  return ProcessId{pid, stat->start_ticks};
}

bool process_alive(const ProcessId& process) { return identify_process(process.pid) == process; }

void signal_process(const ProcessId& process, int signal) {
  if (const OwnedFd handle = open_process(process))
    ::syscall(SYS_pidfd_send_signal, handle.get(), signal, nullptr, 0);
}

Task<ProcessEnd> wait_process(ProcessId process) {
  OwnedFd handle = open_process(process);
  if (!handle) co_return ProcessEnd{};
  const int fd = handle.get();
  Descriptor watched(co_await boost::asio::this_coro::executor, handle.release());
  // The loop may wake us for what another descriptor was told: one that was closed here stays in epoll's set for as long as
  // a child that is being started has a copy. A process that goes on must not be taken for one that ended.
  do {
    co_await watched.async_wait(Descriptor::wait_read, boost::asio::use_awaitable);
  } while (process_alive(process));
  co_return reap(P_PIDFD, static_cast<id_t>(fd)).value_or(ProcessEnd{});
}

std::optional<ProcessEnd> reap_ended(const ProcessId& process) {
  const auto stat = read_stat(process.pid);
  if (!stat || stat->start_ticks != process.start_ticks || !has_ended(*stat)) return std::nullopt;
  return reap(P_PID, static_cast<id_t>(process.pid));
}

Task<ProcessEnd> stop_process(Env& env, ProcessId process, Duration patience) {
  signal_process(process, SIGTERM);
  const Later kill(co_await boost::asio::this_coro::executor, env, process, patience,
                   [process] { signal_process(process, SIGKILL); });
  co_return co_await wait_process(process);
}

Task<Result<CommandOutput>> run_command(Env& env, ProcessSpec spec, Duration limit, std::string standard_input) {
  FW_CO_TRY(Pipe out, make_pipe());
  FW_CO_TRY(Pipe err, make_pipe());
  FW_CO_TRY(const OwnedFd in, file_of(standard_input));
  FW_CO_TRY(const ProcessId process,
            start(spec, {.in = in.get(), .out = out.write.get(), .err = err.write.get(), .own_group = true}));
  out.write.reset();
  err.write.reset();
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto out_text = std::make_shared<Collector>(executor, std::move(out.read));
  const auto err_text = std::make_shared<Collector>(executor, std::move(err.read));
  boost::asio::co_spawn(executor, collect(out_text), boost::asio::detached);
  boost::asio::co_spawn(executor, collect(err_text), boost::asio::detached);
  const auto late = std::make_shared<bool>(false);
  const auto kill_group = [process, late] {
    *late = true;
    ::kill(-process.pid, SIGKILL);  // alive, so the number is its group's
  };
  const Later kill(executor, env, process, limit, kill_group);
  const ProcessEnd end = co_await wait_process(process);
  CommandOutput output{.exit_code = end.signal == 0 ? end.exit_code : 128 + end.signal};
  output.out = co_await collected(out_text);
  output.err = co_await collected(err_text);
  if (*late) {
    const auto seconds = std::chrono::duration<double>(limit).count();
    co_return fail(Errc::timeout,
                   fmt::format("{} did not end within {} s and was killed", spec.argv.front(), seconds));
  }
  co_return output;
}

}  // namespace fairway
