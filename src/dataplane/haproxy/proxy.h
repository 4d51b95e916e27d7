// One router's HAProxy: started in the router's namespace in a session of its own, found again after our restart,
// kept running, changed without losing a connection.
//
// Its directory holds haproxy.cfg, haproxy.pid, haproxy.sock (runtime API), servers.state (health across a reload),
// events.sock (HAProxy tells of servers that change), record.json and record.jsonl (which listener has which slot).
// Threads: the loop's only. Lifetime: shared, since its watches outlast a stop by an instant.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/local/datagram_protocol.hpp>

#include "dataplane/haproxy/layout.h"
#include "dataplane/haproxy/runtime_api.h"
#include "runtime/env.h"
#include "runtime/process.h"
#include "runtime/sync.h"

namespace fairway::dataplane::haproxy {

struct ProxyConfig {
  std::string program = "haproxy";
  std::string network_namespace;
  Globals globals;  // its directory is ours
};

using EventSocket = boost::asio::local::datagram_protocol::socket;

class Proxy : public std::enable_shared_from_this<Proxy> {
 public:
  // `on_change`: called when a server's state may have changed, or HAProxy was started anew.
  Proxy(Env& env, ProxyConfig config, std::function<void()> on_change);

  struct Outcome {
    std::map<std::string, std::uint16_t> ports;  // by listener: where nftables leads its connections
    std::vector<gateway_link::Failure> failed;
  };
  // Level-based; starts or adopts HAProxy when needed. `wanted` (by listener) is read until the task is done.
  Task<Outcome> apply(const std::map<std::string, Service>& wanted);

  Task<Result<std::vector<gateway_link::MemberHealth>>> health();
  Task<Result<std::vector<gateway_link::ListenerCounters>>> counters();
  // Ends HAProxy and removes the directory.
  Task<> stop();

 private:
  using Sums = std::map<std::string, gateway_link::ListenerCounters>;  // by listener
  using Tables = std::map<std::string, std::vector<Stuck>>;            // by listener
  struct RejectedServers {
    std::map<std::string, Server> servers;
    std::string why;
  };

  // HAProxy's words; null: it has not refused this one.
  [[nodiscard]] const std::string* why_rejected(const Service& service) const;
  // Without what HAProxy has refused before.
  [[nodiscard]] std::map<std::string, Service> acceptable(const std::map<std::string, Service>& wanted) const;
  [[nodiscard]] Outcome outcome(const std::map<std::string, Service>& wanted, const Result<>& changed) const;
  // Finds what ran before us, once. True: what runs differs from the record, so only a reload makes it known again.
  Task<bool> adopt();
  Task<Result<>> change(Plan plan);
  Task<Result<>> reload(Layout layout);
  Task<Result<>> launch(const std::string& config);
  [[nodiscard]] ProcessSpec launch_spec() const;
  // One command of the runtime API that changes nothing.
  Task<Result<std::string>> question(std::string command);
  Task<> save_server_states();
  // What applications' cookies have taught HAProxy, carried over a reload; sessions that begin meanwhile are not in it.
  Task<Tables> read_tables();
  Task<> teach_tables(Tables tables);
  Task<> correct_running();
  Task<Result<Sums>> count();
  Task<std::vector<std::string>> run(std::vector<std::string> commands);
  static Task<> tidy(std::weak_ptr<Proxy> weak);
  static Task<> watch(std::weak_ptr<Proxy> weak, ProcessId worker);
  static Task<> listen_for_events(std::weak_ptr<Proxy> weak, std::shared_ptr<EventSocket> socket);
  // Takes note of a worker's death; false when it was not the present one.
  Task<bool> mourn(ProcessId worker);
  // One try to start HAProxy. Between tries nothing is held: others may change it or stop it. True: no more are needed.
  Task<bool> revive();
  [[nodiscard]] Result<> prepare_directory(boost::asio::any_io_executor executor);
  // The whole record, and what a change at run time adds to it (record.jsonl: a slot a line).
  void save_record();
  void note_in_record(const std::vector<std::uint16_t>& ports);
  // False when there is none that can be read.
  bool load_record();
  [[nodiscard]] std::optional<ProcessId> find_running() const;
  [[nodiscard]] bool port_is_free(std::uint16_t port) const;
  [[nodiscard]] std::string path(std::string_view name) const {
    return config_.globals.directory + "/" + std::string(name);
  }
  // Takes the listener whose lines HAProxy refuses out of the layout; false when the message names none.
  bool blame(Layout& layout, const std::string& config, const std::string& message);
  void carry(const Sums& sums);

  Env& env_;
  ProxyConfig config_;
  std::function<void()> on_change_;
  Counter &reloads_, &restarts_;
  Histogram &reload_seconds_, &command_seconds_;
  AsyncMutex changing_;
  Layout layout_;
  std::optional<ProcessId> worker_;
  std::vector<ProcessId> old_workers_;                         // they finish their connections
  std::map<Shape, std::string> rejected_;                      // shapes that HAProxy refuses, and its words
  std::map<std::string, RejectedServers> rejected_listeners_;  // for their servers; by listener
  Sums last_seen_;                                             // of the running worker, in case it dies
  std::shared_ptr<EventSocket> events_;
  bool adopted_ = false, stopped_ = false, tidying_ = false;
  bool differs_ = false;  // what runs may not be as layout_ says: only a reload makes it known again
};

}  // namespace fairway::dataplane::haproxy
