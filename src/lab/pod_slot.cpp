#include "lab/pod_slot.h"

namespace fairway::lab {

namespace {

constexpr std::chrono::seconds kFirstWait{10};
constexpr std::chrono::seconds kLongestWait{300};

}  // namespace

void PodRunner::Slot::adopt(const ContainerRecord& record, const std::string& now) {
  state.restart_count = record.restart_count;
  state.image_id = record.image_id;
  state.container_id = record.container_id;
  state.started_at = record.started_at;
  const ProcessId known{record.pid, record.start_ticks};
  if (record.pid != 0 && process_alive(known)) {
    process = known;
    state.kind = ContainerState::Kind::running;
    return;
  }
  // It ended while no lab watched; as our own child it can still say how.
  if (const auto end = record.pid == 0 ? std::nullopt : reap_ended(known)) {
    note_end(*end, now);
    return;
  }
  if (record.pid == 0 && !record.has_ended) return;
  state.kind = ContainerState::Kind::terminated;
  // It ended while no lab was there to see how.
  state.ended = record.has_ended && record.pid == 0
                    ? Termination{record.exit_code, 0, record.end_reason, "", record.started_at, record.finished_at}
                    : Termination{137,
                                  0,
                                  "ContainerStatusUnknown",
                                  "The container could not be located when the pod was terminated",
                                  record.started_at,
                                  record.finished_at};
}

void PodRunner::Slot::note_end(const ProcessEnd& end, const std::string& now) {
  Termination ended;
  ended.signal = end.signal;
  ended.exit_code = end.signal != 0 ? 128 + end.signal : end.exit_code;
  ended.reason = ended.exit_code == 0 ? "Completed" : "Error";
  if (ended.exit_code < 0) {
    ended.exit_code = 137;
    ended.reason = "ContainerStatusUnknown";
  }
  ended.started_at = state.started_at;
  ended.finished_at = now;
  state.ended = std::move(ended);
  state.kind = ContainerState::Kind::terminated;
  state.ready = state.ended.exit_code == 0 && init;
  process.reset();
}

void PodRunner::Slot::prepare_restart(SteadyTime now) {
  state.last = state.ended;
  ++state.restart_count;
  const bool ran_well = started != SteadyTime{} && now - started > std::chrono::minutes(10);
  if (ran_well || state.restart_count == 1) {
    crash_wait = Duration::zero();
  } else {
    crash_wait =
        crash_wait == Duration::zero() ? Duration(kFirstWait) : std::min<Duration>(crash_wait * 2, kLongestWait);
  }
}

Duration PodRunner::Slot::start_wait() {
  Duration wait = kFirstWait;
  for (int i = 0; i < failed_starts && wait < kLongestWait; ++i) wait *= 2;
  ++failed_starts;
  return std::min<Duration>(wait, kLongestWait);
}

}  // namespace fairway::lab
