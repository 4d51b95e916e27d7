// Pods' logs: where they lie, and what a reader of them is answered. The embedded Kubernetes API and the lab's nodes (to
// a real API server) read the same files by it.
//
// The agreement with whoever runs pods is a folder on this machine, laid out as a kubelet lays out /var/log/pods:
//
//     DIR/<namespace>_<pod>_<pod uid>/<container>/<restart count>.log
//
// The file may be the container's own stdout and stderr (opened O_APPEND, so that a container that outlives its agent
// goes on logging), or lines in CRI's format: "<RFC 3339 time with fraction> stdout|stderr F|P <text>". Each line is
// told apart by itself. A raw line has no time: --since never drops it, and --timestamps gives it the file's time of
// change.
// `--previous` reads the file of the restart before; the newest file is the highest number. Files of deleted pods are
// the agent's to remove. Source: PodLogOptions v1 core. Threads: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"
#include "json/value.h"
#include "runtime/env.h"

namespace fairway::pod_logs {

struct LogOptions {
  bool follow = false;
  bool previous = false;
  bool timestamps = false;
  std::optional<std::int64_t> tail_lines;
  std::optional<std::int64_t> limit_bytes;
  std::optional<WallTime> since;
};

// Those of a request's query; what cannot be read is left out. `now`: for sinceSeconds.
[[nodiscard]] LogOptions read_log_options(const http::Query& query, WallTime now);

// DIR/<namespace>_<pod>_<uid>/<container>
[[nodiscard]] std::string pod_log_folder(std::string_view dir, std::string_view ns, std::string_view pod,
                                         std::string_view uid, std::string_view container);

// The file of the newest restart in that folder, or of the one before; nothing when there is none.
[[nodiscard]] std::optional<std::string> newest_log_file(const std::string& folder, bool previous);

// What `options` leaves of the text of a log file, as a reader sees it; `raw_stamp` stands for the time of raw lines.
// follow is the caller's affair. Pure.
[[nodiscard]] std::string select_log(std::string_view text, const LogOptions& options, WallTime raw_stamp);

// Whether the container may write more, by what the Pod says of it. Pure.
[[nodiscard]] bool log_may_grow(const json::Object& pod, std::string_view container);
// Why the container has no such log, in a kubelet's words. Pure.
[[nodiscard]] std::string why_no_log(const json::Object& pod, std::string_view container, bool previous);

// The text of the file, or a stream that follows it until `may_grow` is false or the reader goes. `env` outlives it.
[[nodiscard]] http::Response log_answer(Env& env, std::string file, LogOptions options,
                                        std::function<bool()> may_grow);

}  // namespace fairway::pod_logs
