#include "lab/pod_runner.h"

#include <csignal>
#include <filesystem>

#include <fmt/format.h>

#include "base/backoff.h"
#include "lab/container_spec.h"
#include "lab/pod_slot.h"

namespace fairway::lab {

namespace fs = std::filesystem;
using Kind = ContainerState::Kind;

PodRunner::PodRunner(PodContext& shared, const Node& node, json::Value pod, PodRecord record)
    : shared_(shared),
      node_(node),
      pod_(std::move(pod)),
      record_(std::move(record)),
      sandbox_(sandbox_for(shared.config.prefix, record_.uid, record_.address)) {
  const bool adopted_nothing = record_.start_time.empty();
  if (adopted_nothing) record_.start_time = json::string_or(pod_, "status.startTime", now());
  for (const char* list : {"spec.initContainers", "spec.containers"}) {
    for (const auto& container : json::array_or_empty(pod_, list)) {
      auto slot = std::make_unique<Slot>();
      slot->state.name = json::string_or(container, "name");
      slot->state.image = json::string_or(container, "image");
      slot->init = std::string_view(list) == "spec.initContainers";
      slots_.push_back(std::move(slot));
      if (slots_.back()->init) ++init_count_;
    }
  }
  for (const auto& slot : slots_) {
    ContainerRecord& known = record_of(*slot);
    if (const auto process = process_of(shared.config.state_dir, record_.uid, known, sandbox_.ns)) {
      known.pid = process->pid;
      known.start_ticks = process->start_ticks;
    }
    slot->adopt(known, now());
    // Of an earlier life of this machine: the API remembers what was started, and nothing of it is here.
    if (adopted_nothing) slot->state.restart_count = restarts_known(*slot);
  }
}

PodRunner::~PodRunner() = default;

std::string PodRunner::now() const { return to_iso8601(shared_.env.clock.wall(), Stamp::seconds_z); }

ContainerRecord& PodRunner::record_of(const Slot& slot) {
  for (ContainerRecord& one : record_.containers) {
    if (one.name == slot.state.name) return one;
  }
  record_.containers.push_back({.name = slot.state.name});
  return record_.containers.back();
}

std::string PodRunner::restart_policy() const { return json::string_or(pod_, "spec.restartPolicy", "Always"); }

bool PodRunner::ending() const { return gone_ || json::find(pod_, "metadata.deletionTimestamp") != nullptr; }

void PodRunner::update(const json::Value* pod) {
  if (pod == nullptr) {
    gone_ = true;
  } else {
    pod_ = *pod;
  }
  touch();
}

void PodRunner::touch() {
  dirty_ = true;
  changed_.notify_all();
}

void PodRunner::save() {
  const Result<> saved = save_record(shared_.config.state_dir, record_);
  if (!saved)
    shared_.env.log.warn("a pod's record could not be written", {{"pod", key()}, {"why", saved.error().what}});
}

void PodRunner::event(kube::EventType type, std::string_view reason, const std::string& message) {
  shared_.events.note(pod_, type, "kubelet", reason, message);
}

const json::Value* PodRunner::container_json(const Slot& slot) const {
  for (const auto& container : json::array_or_empty(pod_, slot.init ? "spec.initContainers" : "spec.containers")) {
    if (json::string_or(container, "name") == slot.state.name) return &container;
  }
  return nullptr;
}

void PodRunner::spawn(Task<> task) {
  ++tasks_;
  shared_.tasks.spawn("pod " + key(), counted(std::move(task)));
}

Task<> PodRunner::counted(Task<> task) {
  struct Ended {
    PodRunner& runner;
    ~Ended() {
      --runner.tasks_;
      runner.changed_.notify_all();
    }
  };
  const Ended ended{*this};
  co_await std::move(task);
}

Task<> PodRunner::run() {
  save();
  const std::string phase = json::string_or(pod_, "status.phase");
  const bool finished = phase == "Succeeded" || phase == "Failed";
  if (!finished && !ending()) {
    co_await set_up();
    spawn(report_loop());
    spawn(run_all_containers());
  }
  while (!ending()) co_await changed_.wait();
  const auto grace = json::int_or(pod_, "metadata.deletionGracePeriodSeconds", 30);
  co_await end_containers(gone_ ? std::chrono::seconds(2) : std::chrono::seconds(grace));
  reporting_ = false;
  changed_.notify_all();
  while (tasks_ > 0) co_await changed_.wait();
  if (!gone_) co_await delete_from_api();
  clean();
}

Task<> PodRunner::set_up() {
  Backoff backoff(shared_.env.random, std::chrono::milliseconds(200), std::chrono::seconds(10));
  while (!ending()) {
    const Result<> made = make_sandbox(node_, sandbox_);
    if (made) {
      ready_for_containers_ = true;
      co_return;
    }
    event(kube::EventType::warning, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + made.error().what);
    co_await changed_.wait(backoff.next());
  }
}

Task<> PodRunner::run_all_containers() {
  for (std::size_t i = 0; i < init_count_; ++i) {
    co_await run_container(*slots_[i]);
    if (stopping_ || slots_[i]->state.ended.exit_code != 0) co_return;
  }
  for (std::size_t i = init_count_; i < slots_.size(); ++i) spawn(run_container(*slots_[i]));
}

// One try to start a container, after the wait that its crashes ask for. Without a process at the end: not started.
Task<> PodRunner::start_again(Slot& slot) {
  if (slot.state.last && slot.crash_wait > Duration::zero()) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(slot.crash_wait).count();
    event(kube::EventType::warning, "BackOff",
          fmt::format("Back-off restarting failed container {} in pod {}_{}({})", slot.state.name, record_.name,
                      record_.ns, record_.uid));
    co_await back_off(slot, "CrashLoopBackOff",
                      fmt::format("back-off {}s restarting failed container={} pod={}_{}({})", seconds,
                                  slot.state.name, record_.name, record_.ns, record_.uid),
                      slot.crash_wait);
    if (stopping_) co_return;
  }
  const Result<> started = co_await start_container(slot);
  if (!started) co_await back_off(slot, slot.state.reason, slot.state.message, slot.start_wait());
}

Task<> PodRunner::run_container(Slot& slot) {
  // Init containers are run again until they succeed, unless the pod is never to be restarted.
  const std::string policy = slot.init && restart_policy() == "Always" ? "OnFailure" : restart_policy();
  if (slot.state.kind == Kind::terminated && !restarts(policy, slot.state.ended.exit_code)) co_return;
  if (slot.process) start_probes(slot, true);
  // It ended while no lab watched.
  if (slot.state.kind == Kind::terminated) slot.prepare_restart(shared_.env.clock.steady());
  while (!stopping_) {
    if (!slot.process) co_await start_again(slot);
    if (!slot.process) continue;
    co_await wait_for_end(slot);
    if (!restarts(policy, slot.state.ended.exit_code)) co_return;
    if (stopping_) co_return;
    slot.prepare_restart(shared_.env.clock.steady());
    touch();
  }
}

Task<> PodRunner::back_off(Slot& slot, std::string reason, std::string message, Duration wait) {
  slot.state.kind = Kind::waiting;
  slot.state.reason = std::move(reason);
  slot.state.message = std::move(message);
  touch();
  const std::string image = slot.state.image;
  const SteadyTime until = shared_.env.clock.steady() + wait;
  while (!stopping_ && shared_.env.clock.steady() < until) {
    co_await changed_.wait(until - shared_.env.clock.steady());
    // The image is the one thing of a container that may change.
    const json::Value* container = container_json(slot);
    if (container != nullptr && json::string_or(*container, "image") != image) co_return;
  }
}

Task<> PodRunner::wait_for_end(Slot& slot) {
  ProcessEnd end;
  if (slot.early_end) {
    end = *std::exchange(slot.early_end, std::nullopt);
  } else {
    end = co_await wait_process(*slot.process);
  }
  note_end(slot, end);
}

void PodRunner::note_end(Slot& slot, const ProcessEnd& end) {
  ContainerRecord& record = record_of(slot);
  slot.note_end(end, now());
  record.pid = 0;
  record.has_ended = true;
  record.exit_code = slot.state.ended.exit_code;
  record.end_reason = slot.state.ended.reason;
  record.finished_at = slot.state.ended.finished_at;
  save();
  touch();
}

// A container that has just started is not ready before its probe says so; an adopted one is as ready as the API
// knows it: a lab that comes back must not take a pod out of its Services.
void PodRunner::start_probes(Slot& slot, bool adopted) {
  const json::Value* container = container_json(slot);
  const bool probed = container != nullptr && json::find(*container, "readinessProbe") != nullptr;
  slot.state.ready = !slot.init && (!probed || (adopted && was_ready(slot)));
  if (probed) spawn(probe_loop(slot, slot.run, "readinessProbe"));
  if (container != nullptr && json::find(*container, "livenessProbe") != nullptr)
    spawn(probe_loop(slot, slot.run, "livenessProbe"));
}

int PodRunner::restarts_known(const Slot& slot) const {
  for (const auto& status :
       json::array_or_empty(pod_, slot.init ? "status.initContainerStatuses" : "status.containerStatuses")) {
    if (json::string_or(status, "name") != slot.state.name) continue;
    const bool ran = !json::string_or(status, "containerID").empty();
    return static_cast<int>(json::int_or(status, "restartCount")) + (ran ? 1 : 0);
  }
  return 0;
}

bool PodRunner::was_ready(const Slot& slot) const {
  for (const auto& status : json::array_or_empty(pod_, "status.containerStatuses")) {
    if (json::string_or(status, "name") == slot.state.name) return json::bool_or(status, "ready");
  }
  return false;
}

Task<> PodRunner::probe_loop(Slot& slot, int run, std::string kind) {
  const json::Value container = *container_json(slot);
  const json::Value probe = *json::find(container, kind);
  const ProbeTiming timing = probe_timing(probe);
  const bool liveness = kind == "livenessProbe";
  ProbeVerdict verdict(timing, liveness || slot.state.ready);
  const auto over = [&] { return stopping_ || slot.run != run || !slot.process; };
  const auto pause = [&](Duration wait) -> Task<> {
    const SteadyTime until = shared_.env.clock.steady() + wait;
    while (!over() && shared_.env.clock.steady() < until) co_await changed_.wait(until - shared_.env.clock.steady());
  };
  co_await pause(timing.initial_delay);
  while (!over()) {
    const ProbeTarget target{sandbox_.ns, sandbox_.address, slot.process->pid, container};
    const Result<> tried = co_await probe_once(shared_.env, probe, target);
    if (over()) co_return;
    if (!tried)
      event(kube::EventType::warning, "Unhealthy",
            fmt::format("{} probe failed: {}", liveness ? "Liveness" : "Readiness", tried.error().what));
    const bool changed = verdict.note(tried.has_value());
    if (changed && liveness) {
      event(kube::EventType::normal, "Killing",
            fmt::format("Container {} failed liveness probe, will be restarted", slot.state.name));
      signal_process(*slot.process, SIGKILL);
      co_return;
    }
    if (changed) {
      slot.state.ready = verdict.good();
      touch();
    }
    // A container that is not ready yet is looked at more often: the first success should not wait a whole period.
    const bool early = !liveness && !verdict.good();
    co_await pause(early ? std::min<Duration>(timing.period, std::chrono::seconds(1)) : timing.period);
  }
}

Task<> PodRunner::end_containers(Duration grace) {
  stopping_ = true;
  touch();
  for (const auto& slot : slots_) {
    if (slot->process) {
      event(kube::EventType::normal, "Killing", "Stopping container " + slot->state.name);
      spawn(ask_to_end(*slot, grace));
    }
  }
  const auto running = [this] {
    return std::ranges::any_of(slots_, [](const auto& slot) { return slot->process.has_value(); });
  };
  while (running()) co_await changed_.wait();
  final_ = true;
  touch();
}

Task<> PodRunner::ask_to_end(Slot& slot, Duration grace) {
  const SteadyTime until = shared_.env.clock.steady() + grace;
  const json::Value* container = container_json(slot);
  const json::Value* hook = container == nullptr ? nullptr : json::find(*container, "lifecycle.preStop");
  if (hook != nullptr && grace > Duration::zero() && slot.process) {
    json::Value probe = *hook;
    const json::Value copy = *container;
    if (probe.is_object())
      probe.get_object()["timeoutSeconds"] = std::chrono::duration_cast<std::chrono::seconds>(grace).count();
    const ProbeTarget target{sandbox_.ns, sandbox_.address, slot.process->pid, copy};
    const Result<> done = co_await probe_once(shared_.env, probe, target);
    if (!done) event(kube::EventType::warning, "FailedPreStopHook", "PreStopHook failed: " + done.error().what);
  }
  // A server that has been told to end takes no new connections: first nobody may send it any.
  constexpr Duration kLongest = std::chrono::seconds(2);
  if (slot.process && !gone_ && shared_.wait_for_leave)
    co_await shared_.wait_for_leave(pod_, sandbox_.address, std::min(grace, kLongest));
  if (slot.process) signal_process(*slot.process, slot.stop_signal);
  while (slot.process && shared_.env.clock.steady() < until && !gone_)
    co_await changed_.wait(until - shared_.env.clock.steady());
  // A pod that was taken from the API by force has had its time.
  if (slot.process) signal_process(*slot.process, SIGKILL);
}

Task<> PodRunner::delete_from_api() {
  Backoff backoff(shared_.env.random, std::chrono::milliseconds(100), std::chrono::seconds(5));
  const json::Value options = json::Object{{"apiVersion", "v1"},
                                           {"kind", "DeleteOptions"},
                                           {"gracePeriodSeconds", 0},
                                           {"preconditions", json::Object{{"uid", record_.uid}}}};
  while (!gone_) {
    const auto removed = co_await shared_.kube.remove(kube::kPods.path(record_.ns, record_.name), options);
    if (removed || removed.error().code == Errc::not_found || removed.error().code == Errc::conflict) co_return;
    shared_.env.log.warn("a pod that has ended could not be taken from the API",
                         {{"pod", key()}, {"why", removed.error().what}});
    co_await changed_.wait(backoff.next());
  }
}

void PodRunner::clean() {
  const Result<> removed = remove_sandbox(node_, sandbox_);
  if (!removed)
    shared_.env.log.warn("a pod's network could not be removed", {{"pod", key()}, {"why", removed.error().what}});
  std::error_code ignored;
  fs::remove_all(pod_folder(shared_.config.state_dir, record_.uid), ignored);
  fs::remove_all(fmt::format("{}/{}_{}_{}", shared_.config.pod_log_dir, record_.ns, record_.name, record_.uid),
                 ignored);
}

}  // namespace fairway::lab
