// HAProxy's runtime API: its commands over the stats socket, and what it answers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/haproxy/layout.h"
#include "runtime/task.h"

namespace fairway::dataplane::haproxy {

// Sends the commands in lines under 16 kB and returns all answers, one after the other. Error: unavailable.
[[nodiscard]] Task<Result<std::string>> ask(std::string socket_path, std::vector<std::string> commands);

// The lines of an answer to changes that are not the usual confirmations: what went wrong.
[[nodiscard]] std::vector<std::string> complaints(std::string_view answer);

struct ServerState {
  std::string backend, name, address;
  int id = 0;
  std::uint16_t port = 0;
  int operation = 0;         // 0 stopped, 1 starting, 2 running, 3 stopping
  unsigned admin = 0;        // bits; 0x23: in maintenance
  int weight = 0;            // in force
  int check_status = 0;      // 0 and 1: not checked yet
  unsigned check_state = 0;  // bits; 0x4: the check is switched on
  [[nodiscard]] bool in_maintenance() const { return (admin & 0x23U) != 0; }
  [[nodiscard]] bool is_checking() const { return (check_state & 0x4U) != 0; }
};
// Of "show servers state" (format 1); lines it can't read are left out.
[[nodiscard]] std::vector<ServerState> parse_servers(std::string_view answer);

// What a table for stickiness has learnt: to which server the bearer of a key goes.
struct Stuck {
  std::string key, server;
  bool operator==(const Stuck&) const = default;
};
// Of "show table b10000", with the servers of that HAProxy. Keys that could not be told to HAProxy again in a command
// (spaces, quotes, …) are left out: whoever bears them is led somewhere once more.
[[nodiscard]] std::vector<Stuck> parse_table(std::string_view answer, const std::vector<ServerState>& servers);
// Commands that teach it to a HAProxy with these servers.
[[nodiscard]] std::vector<std::string> teach_table(const std::string& backend, const std::vector<Stuck>& stuck,
                                                   const std::vector<ServerState>& servers);

// Of "show stat -1 1 -1": counters by frontend's name; listener_id is left empty.
[[nodiscard]] std::map<std::string, gateway_link::ListenerCounters> parse_frontends(std::string_view answer);

// What brings a running HAProxy in line with the layout that it should have: commands, or the reasons for a reload.
struct Correction {
  std::vector<std::string> commands, reasons;
};
[[nodiscard]] Correction correct(const Layout& layout, const std::vector<ServerState>& servers);

// ONLINE, ERROR, DRAINING, NO_MONITOR or OFFLINE (in maintenance, or not checked yet).
[[nodiscard]] std::string status_of(const ServerState& state, const Server& server);

}  // namespace fairway::dataplane::haproxy
