#include "app/sweep.h"

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <set>

#include "base/strings.h"
#include "net/namespace.h"
#include "runtime/process.h"

namespace fairway::app {

namespace fs = std::filesystem;

namespace {

using NamespaceId = std::pair<dev_t, ino_t>;

std::optional<NamespaceId> namespace_id(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return std::nullopt;
  return NamespaceId{facts.st_dev, facts.st_ino};
}

std::vector<std::string> namespaces_of(const Instance& instance) {
  return net::list_namespaces(instance.prefix() + "-");
}

bool carries_mark(const std::string& proc, const std::string& mark) {
  const auto environment = read_whole_file(proc + "/environ");
  if (!environment) return false;
  const auto variables = split(*environment, '\0');
  return std::ranges::find(variables, "FAIRWAY_INSTANCE=" + mark) != variables.end();
}

bool wait_for_ends(const std::vector<ProcessId>& processes) {
  return std::ranges::none_of(processes, [](const ProcessId& one) { return process_alive(one); });
}

}  // namespace

bool is_role_of(const Instance& instance, std::string_view command_line) {
  const auto words = split(command_line, '\0');
  return words.size() > 3 && words[0].contains("fairway") && words[2] == "--config" &&
         words[3] == instance.role_config(std::string(words[1]));
}

std::string instance_mark(const Instance& instance) { return instance.prefix() + ":" + instance.dir(); }

std::vector<int> processes_of(const Instance& instance) {
  std::set<NamespaceId> ours;
  for (const std::string& ns : namespaces_of(instance)) {
    if (const auto id = namespace_id("/run/netns/" + ns)) ours.insert(*id);
  }
  std::vector<int> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const auto pid = parse_int(entry.path().filename().string());
    if (!pid || *pid == ::getpid()) continue;
    const auto id = namespace_id(entry.path().string() + "/ns/net");
    if ((id && ours.contains(*id)) || carries_mark(entry.path().string(), instance_mark(instance)))
      found.push_back(static_cast<int>(*pid));
  }
  return found;
}

Task<> sweep(Env& env, const Instance& instance) {
  for (const int signal : {SIGTERM, SIGKILL}) {
    std::vector<ProcessId> processes;
    for (const int pid : processes_of(instance)) {
      if (const auto process = identify_process(pid)) processes.push_back(*process);
    }
    if (processes.empty()) break;
    for (const ProcessId& process : processes) signal_process(process, signal);
    for (int i = 0; i < 100 && !wait_for_ends(processes); ++i)
      co_await env.timers.sleep(std::chrono::milliseconds(10));
  }
  for (const std::string& ns : namespaces_of(instance)) {
    const Result<> removed = net::remove_namespace(ns);
    if (!removed)
      env.log.error("a namespace could not be removed", {{"namespace", ns}, {"why", removed.error().what}});
  }
  std::error_code ignored;
  fs::remove_all(instance.machine_run_dir(), ignored);
  fs::remove(instance.gateway_socket(), ignored);
}

}  // namespace fairway::app
