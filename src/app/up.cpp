#include "app/up.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "app/network_setup.h"
#include "app/role.h"
#include "app/secrets.h"
#include "app/supervisor.h"
#include "app/sweep.h"
#include "app/up_help.h"
#include "base/strings.h"
#include "http/client.h"
#include "lab/config.h"
#include "runtime/loop.h"
#include "telemetry/log_sinks.h"

namespace fairway::app {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kStartLimit{60};
constexpr std::chrono::milliseconds kLookAgain{10};

// The lock that says that an instance runs; held until the process ends.
Result<int> take_lock(const Instance& instance) {
  const std::string path = instance.path("run/up.lock");
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return fail_errno("open " + path, errno);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(fd, 0) != 0 || ::write(fd, pid.data(), pid.size()) < 0) return fail_errno("write " + path, errno);
    return fd;
  }
  const auto holder = read_whole_file(path);
  ::close(fd);
  return fail(Errc::conflict,
              fmt::format("{} is in use by the `fairway up` with process id {}; end that one first, or "
                          "give another directory",
                          instance.dir(), holder ? trim(*holder) : "?"));
}

// Roles of an `up` that was killed: they die with it, and one that does not (a debugger, say) must not meet the new.
Task<> end_leftover_roles(Env& env, const Instance& instance) {
  std::vector<ProcessId> left;
  for (const int pid : processes_of(instance)) {
    const auto process = identify_process(pid);
    const auto command = read_whole_file(fmt::format("/proc/{}/cmdline", pid));
    if (process && command && is_role_of(instance, *command)) left.push_back(*process);
  }
  for (const ProcessId& process : left) signal_process(process, SIGKILL);
  const auto alive = [&] { return std::ranges::any_of(left, process_alive); };
  for (int i = 0; i < 300 && alive(); ++i) co_await env.timers.sleep(kLookAgain);
}

class Up {
 public:
  Up(Loop& loop, Env& env, Instance instance, UpOptions options)
      : loop_(loop),
        env_(env),
        instance_(std::move(instance)),
        options_(std::move(options)),
        supervisor_(loop.context(), env) {}

  Task<> run() {
    loop_.spawn("signals", watch_signals());
    const SteadyTime begun = env_.clock.steady();
    loop_.spawn("start", start());
    while (!started_ && !told_to_end_) co_await changed_.wait();
    if (started_ && *started_) {
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(env_.clock.steady() - begun);
      std::cout << up_help(instance_, options_, took) << std::flush;
      while (!told_to_end_) co_await changed_.wait();
    } else if (started_) {
      exit_code = 1;
      std::cerr << "fairway up: " << started_->error().what << "\n";
      env_.log.error("not started", {{"why", started_->error().what}});
    }
    co_await end();
    loop_.stop();
  }

  int exit_code = 0;

 private:
  Task<> watch_signals() {
    co_await wait_for_stop_signal();
    told_to_end_ = true;
    changed_.notify_all();
    // A second one while we clean up is not ours to hurry by: the machine would be left half cleaned.
    for (;;) co_await wait_for_stop_signal();
  }

  Task<> start() {
    Result<> done = co_await start_all();
    started_ = std::move(done);
    changed_.notify_all();
  }

  Task<Result<>> start_all() {
    std::error_code ignored;
    fs::remove(instance_.path("ready"), ignored);  // of one that was killed
    co_await end_leftover_roles(env_, instance_);
    for (int i = 0; i < 100 && !instance_.ports_free(); ++i) co_await env_.timers.sleep(kLookAgain);
    if (!instance_.ports_free()) FW_CO_TRY_DO(instance_.choose_ports());
    FW_CO_TRY_DO(announce_instance(instance_));
    FW_CO_TRY_DO(make_secrets(instance_, env_.clock, env_.random));
    const bool new_cloud = !fs::exists(instance_.path("cloud.db"));
    FW_CO_TRY_DO(start_role("cloud", cloud_config(instance_)));
    FW_CO_TRY_DO(start_kube_api());
    FW_CO_TRY_DO(start_role("gateway", gateway_config(instance_)));
    FW_CO_TRY_DO(co_await wait_ready("cloud"));
    FW_CO_TRY_DO(co_await set_up_cloud(new_cloud));
    if (options_.kubeconfig.empty()) FW_CO_TRY_DO(co_await wait_ready("kube-api"));
    FW_CO_TRY_DO(start_role("controller", controller_config(instance_, options_)));
    FW_CO_TRY_DO(co_await start_lab());
    FW_CO_TRY_DO(co_await wait_ready("gateway"));
    FW_CO_TRY_DO(co_await wait_ready("controller"));
    FW_CO_TRY_DO(write_private_file(instance_.path("ready"), fmt::format("{}\n", ::getpid())));
    env_.log.info("everything serves", {{"dir", instance_.dir()}, {"prefix", instance_.prefix()}});
    co_return Result<>{};
  }

  Result<> start_kube_api() {
    if (options_.kubeconfig.empty()) return start_role("kube-api", kube_api_config(instance_));
    FW_TRY(const std::string given, read_whole_file(options_.kubeconfig));
    return write_private_file(instance_.path("kubeconfig"), given);
  }

  Task<Result<>> start_lab() {
    if (!options_.demo_networks) co_return Result<>{};
    std::string images;
    if (!options_.images_file.empty()) {
      FW_CO_TRY(images, read_whole_file(options_.images_file));
    }
    FW_CO_TRY_DO(start_role("lab", lab_config(instance_, options_, images)));
    FW_CO_TRY_DO(co_await wait_ready("lab"));
    co_return Result<>{};
  }

  Result<> start_role(const std::string& role, const std::string& config) {
    FW_TRY_DO(write_private_file(instance_.role_config(role), config));
    const char* path = ::getenv("PATH");
    supervisor_.start({.name = role,
                       .argv = {program(), role, "--config", instance_.role_config(role)},
                       .env = {{"FAIRWAY_INSTANCE", instance_mark(instance_)},
                               {"PATH", std::string(path == nullptr ? "/usr/bin:/bin" : path) + ":/usr/sbin:/sbin"}},
                       .log_file = instance_.role_log(role)});
    return {};
  }

  static std::string program() {
    std::error_code ignored;
    return fs::read_symlink("/proc/self/exe", ignored).string();
  }

  Task<Result<>> wait_ready(std::string role) {
    http::ClientConfig config;
    config.origin = fmt::format("http://127.0.0.1:{}", instance_.port("health-" + role));
    FW_CO_TRY(const auto client, http::make_client(loop_.context(), env_, std::move(config)));
    const SteadyTime until = env_.clock.steady() + kStartLimit;
    std::string last = "it does not answer";
    while (env_.clock.steady() < until) {
      http::Request request;
      request.target = "/readyz";
      const auto answer = co_await client->send(std::move(request));
      if (answer && answer->status == 200) co_return Result<>{};
      if (answer) last = answer->body;
      if (supervisor_.unasked_ends(role) >= 3) {
        last = "it ended three times";
        break;
      }
      co_await env_.timers.sleep(kLookAgain);
    }
    co_return fail(Errc::unavailable, why_not_ready(instance_, role, trim(last)));
  }

  Task<Result<>> set_up_cloud(bool new_cloud) {
    FW_CO_TRY(const Person demo, read_person(instance_, "demo"));
    FW_CO_TRY(const Person admin, read_person(instance_, "admin"));
    FW_CO_TRY_DO(write_private_file(instance_.path("openrc"), openrc(instance_, demo)));
    FW_CO_TRY_DO(write_private_file(instance_.path("openrc.admin"), openrc(instance_, admin)));
    FW_CO_TRY_DO(write_private_file(instance_.path("clouds.yaml"), clouds_yaml(instance_, demo, admin)));
    FW_CO_TRY(const auto as_admin,
              openstack::make_client(loop_.context(), env_, person_credentials(instance_, admin)));
    FW_CO_TRY(const auto as_demo, openstack::make_client(loop_.context(), env_, person_credentials(instance_, demo)));
    for (const std::string component : {"controller", "lab"}) {
      Result<> done = co_await ensure_login(*as_admin, *as_demo, component, new_cloud);
      if (!done) co_return done;
    }
    if (!options_.demo_networks) co_return Result<>{};
    Result<> made = co_await make_networks(*as_admin, *as_demo, options_);
    co_return made;
  }

  // The credential of an earlier start is kept; ports may have changed, so its file is written anew.
  Task<Result<>> ensure_login(openstack::Client& admin, openstack::Client& demo, std::string component,
                              bool new_cloud) {
    const std::string kept = instance_.secret(component + ".login");
    ComponentLogin login;
    if (!new_cloud && fs::exists(kept)) {
      FW_CO_TRY(const std::string text, read_whole_file(kept));
      const auto words = split(trim(text), ' ');
      if (words.size() == 2) login = {std::string(words[0]), std::string(words[1])};
    }
    if (login.credential_id.empty()) {
      FW_CO_TRY(std::string user, co_await find_user(admin, "demo"));
      FW_CO_TRY(login, co_await make_component_login(env_, demo, std::move(user), component));
      FW_CO_TRY_DO(write_private_file(kept, login.credential_id + " " + login.credential_secret + "\n"));
    }
    co_return write_private_file(instance_.secret(component + ".clouds.yaml"),
                                 component_clouds_yaml(instance_, component, login));
  }

  Task<> end() {
    const SteadyTime begun = env_.clock.steady();
    std::error_code ignored;
    fs::remove(instance_.path("ready"), ignored);
    std::cout << "fairway up: ending\n" << std::flush;
    for (const std::string role : {"lab", "controller", "gateway", "kube-api", "cloud"})
      co_await supervisor_.stop(role, std::chrono::seconds(5));
    co_await sweep(env_, instance_);
    fs::remove_all(instance_.path("lab/pods"), ignored);
    withdraw_instance(instance_);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(env_.clock.steady() - begun);
    std::cout << fmt::format("fairway up: ended; the machine is as it was, the state is in {} ({} ms)\n",
                             instance_.dir(), took.count())
              << std::flush;
  }

  Loop& loop_;
  Env& env_;
  Instance instance_;
  UpOptions options_;
  Supervisor supervisor_;
  Notify changed_;
  bool told_to_end_ = false;
  std::optional<Result<>> started_;
};

// A person's file of images, before it becomes part of the lab's configuration.
Result<> check_images(const std::string& path) {
  config::File file = config::File::read(path);
  if (file.problems().empty()) {
    config::Section root = file.root();
    lab::Catalogue images;
    lab::read_images(root, images);
    root.finish();
  }
  if (file.problems().empty()) return {};
  return fail(Errc::invalid, fmt::format("--images: {}", trim(file.report())));
}

Result<> check_options(const UpOptions& options) {
  if (options.dir.empty()) return fail(Errc::invalid, "give the directory: fairway up --dir D");
  if (::geteuid() != 0)
    return fail(Errc::denied, "only root can make network namespaces; run it as root (sudo fairway up --dir D)");
  for (const std::string& publish : options.publish) {
    FW_TRY_DO(within(lab::parse_publish(publish), "--publish"));
  }
  if (options.demo_networks) FW_TRY_DO(check_networks(options));
  std::error_code ignored;
  if (const std::string& folder = options.kubernetes_programs; !folder.empty() && !fs::is_directory(folder, ignored))
    return fail(Errc::invalid, fmt::format("--kubernetes-programs: there is no folder {}", folder));
  if (!options.images_file.empty()) FW_TRY_DO(check_images(options.images_file));
  if (options.kubeconfig.empty()) return {};
  if (const auto text = read_whole_file(options.kubeconfig); !text)
    return fail(Errc::invalid, fmt::format("--kubeconfig: {}", text.error().what));
  return {};
}

int complain(std::string_view command, const Error& error) {
  std::cerr << "fairway " << command << ": " << error.what << "\n";
  return error.code == Errc::invalid ? 2 : 1;
}

// Runs one task with an environment of its own, logging to D/logs/up.log.
template <class Work>
int with_loop(const Instance& instance, Work work) {
  auto log = make_log({.role = "up", .file = instance.path("logs/up.log")});
  if (!log) return complain("up", log.error());
  Metrics metrics;
  Env env{system_clock(), system_random(), loop_timers(), **log, metrics};
  Loop loop(**log);
  return work(loop, env);
}

// `clean`: nothing of it is left.
Task<> take_down(Loop& loop, Env& env, const Instance& instance, bool& clean) {
  const auto pid = parse_int(trim(read_whole_file(instance.path("run/up.lock")).value_or("")));
  const auto process = pid ? identify_process(static_cast<int>(*pid)) : std::nullopt;
  auto lock = take_lock(instance);
  if (!lock && process) {
    signal_process(*process, SIGTERM);
    for (int i = 0; i < 3000 && process_alive(*process); ++i) co_await env.timers.sleep(kLookAgain);
    lock = take_lock(instance);
  }
  if (lock) {
    co_await sweep(env, instance);
    withdraw_instance(instance);
    std::error_code ignored;
    fs::remove(instance.path("ready"), ignored);
    clean = processes_of(instance).empty();
  }
  loop.stop();
}

}  // namespace

int run_up(const UpOptions& options) {
  if (const Result<> fine = check_options(options); !fine) return complain("up", fine.error());
  auto instance = Instance::open(options.dir, system_random());
  if (!instance)
    return complain("up", {instance.error().code,
                           instance.error().what + "; give --dir a directory that can be made and written to"});
  const auto lock = take_lock(*instance);
  if (!lock) return complain("up", lock.error());
  return with_loop(*instance, [&](Loop& loop, Env& env) {
    Up up(loop, env, *instance, options);
    loop.spawn("up", up.run());
    loop.run();
    return up.exit_code;
  });
}

int run_down(const std::string& dir) {
  const auto instance = Instance::read(dir);
  if (!instance) return complain("down", instance.error()), 2;
  return with_loop(*instance, [&](Loop& loop, Env& env) {
    bool clean = false;
    loop.spawn("down", take_down(loop, env, *instance, clean));
    loop.run();
    if (!clean) std::cerr << "fairway down: something of " << instance->dir() << " is left; see its logs/up.log\n";
    return clean ? 0 : 1;
  });
}

}  // namespace fairway::app
