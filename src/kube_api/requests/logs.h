// Pods' logs: where the node agents write them and how `pods/log` reads them.
//
// The agreement with whoever runs pods (the lab) is a folder on this machine, KubeApiConfig::pod_log_dir, laid out as
// a kubelet lays out /var/log/pods:
//
//     DIR/<namespace>_<pod>_<pod uid>/<container>/<restart count>.log
//
// The file may be the container's own stdout and stderr (opened O_APPEND, so that a container that outlives its agent
// goes on logging), or lines in CRI's format: "<RFC 3339 time with fraction> stdout|stderr F|P <text>". Each line is
// told apart by itself. A raw line has no time: --since never drops it, and --timestamps gives it the file's time of
// change.
// `--previous` reads the file of the restart before; the newest file is the highest number. Files of deleted pods are
// the agent's to remove.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace fairway::kube_api {

struct LogOptions {
  bool follow = false;
  bool previous = false;
  bool timestamps = false;
  std::optional<std::int64_t> tail_lines;
  std::optional<std::int64_t> limit_bytes;
  std::optional<WallTime> since;
};

// DIR/<namespace>_<pod>_<uid>/<container>
[[nodiscard]] std::string pod_log_folder(std::string_view dir, std::string_view ns, std::string_view pod,
                                         std::string_view uid, std::string_view container);

// The file of the newest restart in that folder, or of the one before; nothing when there is none.
[[nodiscard]] std::optional<std::string> newest_log_file(const std::string& folder, bool previous);

// What `options` leaves of the text of a log file, as a reader sees it; `raw_stamp` stands for the time of raw lines.
// follow is the caller's affair.
[[nodiscard]] std::string select_log(std::string_view text, const LogOptions& options, WallTime raw_stamp);

}  // namespace fairway::kube_api
