// `kubectl exec` as a node serves it: a WebSocket whose messages begin with the number of a channel (0 input, 1 output,
// 2 errors, 3 the end, 4 the terminal's size, 255 a channel is closed), and a process in the container behind it.
//
// Source: Kubernetes' protocols v4.channel.k8s.io and v5.channel.k8s.io (KEP-4006). Threads: the loop's.
#pragma once

#include <string>
#include <vector>

#include "http/server.h"

namespace fairway::lab {

struct ExecRequest {
  std::vector<std::string> command;
  bool in = false, out = false, err = false, terminal = false;
};
// Of the query of /exec/…: command, input, output, error, tty. Pure.
[[nodiscard]] ExecRequest read_exec_request(const http::Query& query);

// What the end is told as: a Status, as JSON. Pure.
[[nodiscard]] std::string exec_status(int exit_code);

struct ExecTarget {
  std::string program;    // this program
  std::string spec_file;  // of the container
  int pid = 0;            // its first process
};

// The answer to the request of an upgrade: a session, or why there is none (SPDY, the protocol of old, is refused in words).
[[nodiscard]] http::Upgrade open_exec(const http::Request& request, ExecTarget target);

}  // namespace fairway::lab
