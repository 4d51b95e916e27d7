#include "dataplane/haproxy/proxy.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/strings.h"
#include "dataplane/files.h"
#include "json/described.h"
#include "net/namespace.h"

namespace fairway::dataplane::haproxy {
namespace {

constexpr auto kLaunchLimit = std::chrono::seconds(30);
constexpr auto kTidyDelay = std::chrono::milliseconds(50);
constexpr int kMostBlamed = 16;

struct WorkerRecord {
  int pid = 0;
  std::uint64_t start_ticks = 0;
};
BOOST_DESCRIBE_STRUCT(WorkerRecord, (), (pid, start_ticks))

struct Record {
  std::optional<WorkerRecord> worker;
  std::vector<WorkerRecord> old_workers;
  Layout layout;
};
BOOST_DESCRIBE_STRUCT(Record, (), (worker, old_workers, layout))

WorkerRecord to_record(const ProcessId& process) { return {process.pid, process.start_ticks}; }
ProcessId to_process(const WorkerRecord& record) { return {record.pid, record.start_ticks}; }

void add(gateway_link::ListenerCounters& sum, const gateway_link::ListenerCounters& more) {
  sum.bytes_in += more.bytes_in;
  sum.bytes_out += more.bytes_out;
  sum.total_connections += more.total_connections;
  sum.request_errors += more.request_errors;
}

// What a person should read of HAProxy's output: its alerts, without their preamble.
std::string alerts(const std::string& text) {
  std::vector<std::string> found;
  for (const auto line : split(text, '\n')) {
    if (!line.starts_with("[ALERT]")) continue;
    const auto colon = line.find(" : ");
    found.emplace_back(colon == std::string_view::npos ? line : line.substr(colon + 3));
  }
  return found.empty() ? std::string(trim(text)) : join(found, "; ");
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

const std::vector<double> kBounds{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};

}  // namespace

Proxy::Proxy(Env& env, ProxyConfig config, std::function<void()> on_change)
    : env_(env),
      config_(std::move(config)),
      on_change_(std::move(on_change)),
      reloads_(env.metrics.counter("fairway_gateway_haproxy_reloads_total", "Reloads of HAProxy.")),
      restarts_(env.metrics.counter("fairway_gateway_haproxy_restarts_total",
                                    "HAProxy processes that died and were started anew.")),
      reload_seconds_(env.metrics.histogram("fairway_gateway_haproxy_reload_seconds",
                                            "Duration of a reload of HAProxy.", kBounds)),
      command_seconds_(env.metrics.histogram("fairway_gateway_haproxy_command_seconds",
                                             "Duration of a change by HAProxy's runtime API.", kBounds)) {}

Task<Proxy::Outcome> Proxy::apply(const std::map<std::string, Service>& wanted) {
  const auto hold = co_await changing_.lock();
  if (!adopted_) differs_ = co_await adopt();
  const auto free = [this](std::uint16_t port) { return port_is_free(port); };
  const auto limit = config_.globals.max_connections;
  const bool all = rejected_.empty() && rejected_listeners_.empty();
  auto next = plan(layout_, all ? wanted : acceptable(wanted), limit, free);
  const auto changed = co_await change(std::move(next));
  if (wants_tidying(layout_) && !tidying_) {
    tidying_ = true;
    boost::asio::co_spawn(co_await boost::asio::this_coro::executor, tidy(weak_from_this()), boost::asio::detached);
  }
  co_return outcome(wanted, changed);
}

std::map<std::string, Service> Proxy::acceptable(const std::map<std::string, Service>& wanted) const {
  auto rest = wanted;
  std::erase_if(rest, [this](const auto& entry) { return why_rejected(entry.second) != nullptr; });
  return rest;
}

const std::string* Proxy::why_rejected(const Service& service) const {
  if (const auto found = rejected_.find(service.shape); found != rejected_.end()) return &found->second;
  const auto found = rejected_listeners_.find(service.listener_id);
  const bool still = found != rejected_listeners_.end() && found->second.servers == service.servers;
  return still ? &found->second.why : nullptr;
}

Proxy::Outcome Proxy::outcome(const std::map<std::string, Service>& wanted, const Result<>& changed) const {
  Outcome made;
  for (const auto& slot : layout_.slots) {
    if (!slot.listener_id.empty() && wanted.contains(slot.listener_id))
      made.ports.emplace(slot.listener_id, slot.port);
  }
  if (changed && made.ports.size() == wanted.size()) return made;
  for (const auto& [id, service] : wanted) {
    if (const auto* why = why_rejected(service)) {
      made.failed.push_back({"listener", id, "HAProxy refuses its settings: " + *why});
    } else if (!changed) {
      made.failed.push_back({"listener", id, changed.error().what});
    } else if (!made.ports.contains(id)) {
      made.failed.push_back({"listener", id,
                             fmt::format("all {} ports of this router's HAProxy are in use; remove listeners",
                                         kLastPort - kFirstPort)});
    }
  }
  return made;
}

Task<Result<>> Proxy::change(Plan next) {
  if (worker_ && !differs_ && !next.reload()) {
    if (next.commands.empty()) {
      layout_ = std::move(next.after);
      co_return Result<>{};
    }
    const auto wrong = co_await run(std::move(next.commands));
    if (wrong.empty()) {
      layout_ = std::move(next.after);
      note_in_record(next.touched);
      co_return Result<>{};
    }
    differs_ = true;  // some of them were carried out
    env_.log.warn("HAProxy refused a change at run time; reloading",
                  {{"namespace", config_.network_namespace}, {"answer", wrong.front()}});
  } else if (next.reload()) {
    env_.log.info("HAProxy is reloaded", {{"namespace", config_.network_namespace},
                                          {"reason", next.reasons.front()},
                                          {"reasons", std::to_string(next.reasons.size())}});
  }
  co_return co_await reload(std::move(next.after));
}

Task<Result<std::string>> Proxy::question(std::string command) {
  std::vector<std::string> commands;
  commands.push_back(std::move(command));
  co_return co_await ask(path("haproxy.sock"), std::move(commands));
}

Task<std::vector<std::string>> Proxy::run(std::vector<std::string> commands) {
  const auto began = env_.clock.steady();
  const auto answer = co_await ask(path("haproxy.sock"), std::move(commands));
  command_seconds_.observe(seconds(env_.clock.steady() - began));
  if (!answer) co_return std::vector<std::string>(1, answer.error().what);
  co_return complaints(*answer);
}

Task<Result<>> Proxy::reload(Layout layout) {
  Sums counted;
  Tables tables;
  if (worker_) {
    tables = co_await read_tables();
    if (auto sums = co_await count()) counted = std::move(*sums);
    co_await save_server_states();
  } else {
    ::unlink(path("servers.state").c_str());  // of another life: servers start as up, and are checked at once
  }
  const auto free = [this](std::uint16_t port) { return port_is_free(port); };
  for (int blamed = 0;; ++blamed) {
    Layout next = settle(layout, free);
    const auto config = render(next, config_.globals);
    const auto launched = co_await launch(config);
    if (launched) {
      layout_ = std::move(next);
      differs_ = false;
      carry(counted);
      break;
    }
    if (blamed == kMostBlamed || !blame(layout, config, launched.error().what)) co_return launched;
  }
  save_record();
  co_await correct_running();
  co_await teach_tables(std::move(tables));
  co_return Result<>{};
}

Task<Proxy::Tables> Proxy::read_tables() {
  Tables tables;
  const bool any = std::ranges::any_of(
      layout_.slots, [](const Slot& slot) { return slot.shape.has_table() && !slot.listener_id.empty(); });
  if (!any) co_return tables;
  const auto states = co_await question("show servers state");
  if (!states) co_return tables;
  const auto servers = parse_servers(*states);
  for (const auto& slot : layout_.slots) {
    if (!slot.shape.has_table() || slot.listener_id.empty()) continue;
    const auto answer = co_await question(fmt::format("show table b{}", slot.port));
    if (answer) tables[slot.listener_id] = parse_table(*answer, servers);
  }
  co_return tables;
}

Task<> Proxy::teach_tables(Tables tables) {
  if (tables.empty()) co_return;
  const auto states = co_await question("show servers state");
  if (!states) co_return;
  const auto servers = parse_servers(*states);
  std::vector<std::string> commands;
  for (const auto& slot : layout_.slots) {
    const auto found = tables.find(slot.listener_id);
    if (found == tables.end() || !slot.shape.has_table()) continue;
    auto more = teach_table(fmt::format("b{}", slot.port), found->second, servers);
    std::ranges::move(more, std::back_inserter(commands));
  }
  if (commands.empty()) co_return;
  const auto wrong = co_await run(std::move(commands));
  if (!wrong.empty()) env_.log.warn("sessions are not all kept with their members", {{"answer", wrong.front()}});
}

void Proxy::carry(const Sums& sums) {
  for (const auto& slot : layout_.slots) {
    const auto found = sums.find(slot.listener_id);
    if (found != sums.end()) add(layout_.carried[slot.listener_id], found->second);
  }
  last_seen_.clear();
}

ProcessSpec Proxy::launch_spec() const {
  ProcessSpec spec;
  spec.argv = {config_.program, "-D", "-f", path("haproxy.cfg"), "-p", path("haproxy.pid")};
  if (worker_) {
    spec.argv.insert(spec.argv.end(), {"-x", path("haproxy.sock"), "-sf", std::to_string(worker_->pid)});
  }
  spec.network_namespace = config_.network_namespace;
  spec.own_session = true;
  return spec;
}

Task<Result<>> Proxy::launch(const std::string& config) {
  FW_CO_TRY_DO(write_file(path("haproxy.cfg"), config));
  const auto began = env_.clock.steady();
  auto ended = co_await run_command(env_, launch_spec(), kLaunchLimit);
  FW_CO_TRY(const CommandOutput output, within(std::move(ended), "start HAProxy"));
  reload_seconds_.observe(seconds(env_.clock.steady() - began));
  if (output.exit_code != 0) co_return fail(Errc::invalid, "HAProxy does not start: " + alerts(output.err));
  const auto started = find_running();
  if (!started) co_return fail(Errc::internal, "HAProxy started and is gone; see " + path("haproxy.cfg"));
  if (worker_) {
    reloads_.add();
    old_workers_.push_back(*worker_);
  }
  worker_ = started;
  std::erase_if(old_workers_, [](const ProcessId& process) { return !process_alive(process); });
  boost::asio::co_spawn(co_await boost::asio::this_coro::executor, watch(weak_from_this(), *worker_),
                        boost::asio::detached);
  co_return Result<>{};
}

bool Proxy::blame(Layout& layout, const std::string& config, const std::string& message) {
  // "parsing [/run/…/haproxy.cfg:123] : …", where each slot begins with "# listener <id>, pool <id>".
  const auto mark = message.find("haproxy.cfg:");
  if (mark == std::string::npos) return false;
  const auto digits = std::string_view(message).substr(mark + 12);
  const auto number = parse_int(digits.substr(0, digits.find_first_not_of("0123456789")));
  std::string listener;
  std::string_view blamed;
  std::int64_t at = 0;
  for (const auto line : split(config, '\n')) {
    if (line.starts_with("# "))
      listener = line.starts_with("# listener ") ? std::string(line.substr(11, line.find(',') - 11)) : "";
    blamed = line;
    if (++at >= number.value_or(0)) break;
  }
  const auto found = std::ranges::find(layout.slots, listener, &Slot::listener_id);
  if (listener.empty() || found == layout.slots.end()) return false;
  env_.log.error("HAProxy refuses the settings of a listener", {{"listener", listener}, {"answer", message}});
  auto why = message.substr(0, message.find("; "));
  if (trim(blamed).starts_with("server ")) {
    rejected_listeners_[listener] = {found->servers, std::move(why)};  // others of its shape have other servers
  } else {
    rejected_[found->shape] = std::move(why);
  }
  layout.slots.erase(found);
  return true;
}

Task<> Proxy::save_server_states() {
  const auto states = co_await question("show servers state");
  if (!states) co_return;
  if (auto written = write_file(path("servers.state"), *states); !written) {
    env_.log.warn("health of members is not kept across a reload", {{"error", written.error().what}});
  }
}

// A state file wins over the file in some cases (a server that was in maintenance): what differs is set right.
Task<> Proxy::correct_running() {
  const auto states = co_await question("show servers state");
  if (!states) co_return;
  auto correction = correct(layout_, parse_servers(*states));
  if (correction.commands.empty()) co_return;
  const auto wrong = co_await run(std::move(correction.commands));
  if (!wrong.empty()) env_.log.warn("HAProxy refused a correction", {{"answer", wrong.front()}});
}

Task<bool> Proxy::adopt() {
  const auto executor = co_await boost::asio::this_coro::executor;
  if (auto prepared = prepare_directory(executor); !prepared) {
    env_.log.error("HAProxy's directory cannot be used", {{"error", prepared.error().what}});
    co_return true;
  }
  adopted_ = true;
  const bool recorded = load_record();
  const auto running = find_running();
  if (!running) co_return false;
  worker_ = running;
  boost::asio::co_spawn(executor, watch(weak_from_this(), *running), boost::asio::detached);
  const auto states = co_await question("show servers state");
  if (!states || !recorded) co_return true;
  auto correction = correct(layout_, parse_servers(*states));
  const bool same = correction.reasons.empty() && correction.commands.empty();
  env_.log.info("HAProxy was found running", {{"namespace", config_.network_namespace},
                                              {"pid", std::to_string(running->pid)},
                                              {"as_recorded", same ? "yes" : "no"}});
  co_return !same;
}

// By the pid file and the command line: the number may belong to a stranger by now.
std::optional<ProcessId> Proxy::find_running() const {
  const auto text = read_file(path("haproxy.pid"));
  const auto pid = text ? parse_int(trim(*text)) : std::nullopt;
  if (!pid || *pid <= 1) return std::nullopt;
  const auto command_line = read_file(fmt::format("/proc/{}/cmdline", *pid));
  if (!command_line || command_line->find(path("haproxy.cfg")) == std::string::npos) return std::nullopt;
  return identify_process(static_cast<int>(*pid));
}

Result<> Proxy::prepare_directory(boost::asio::any_io_executor executor) {
  const auto& directory = config_.globals.directory;
  // The longest name that HAProxy makes there is "haproxy.sock.<pid>.tmp" for a socket, whose path has at most 107
  // bytes.
  if (directory.size() > 75)
    return fail(Errc::invalid,
                fmt::format("{}: too long a path for sockets; configure a shorter run_directory", directory));
  // HAProxy runs as another user and must reach events.sock; all else there is readable by its owner only.
  FW_TRY_DO(make_directory(directory, config_.globals.user.empty() ? 0700 : 0711));
  if (events_) return {};
  const auto name = path("events.sock");
  ::unlink(name.c_str());
  boost::system::error_code error;
  auto socket = std::make_shared<EventSocket>(executor);
  socket->open({}, error);
  if (!error) socket->bind(boost::asio::local::datagram_protocol::endpoint(name), error);
  if (error) return fail(Errc::unavailable, fmt::format("listen on {}: {}", name, error.message()));
  ::chmod(name.c_str(), config_.globals.user.empty() ? 0600 : 0666);
  events_ = socket;
  boost::asio::co_spawn(executor, listen_for_events(weak_from_this(), socket), boost::asio::detached);
  return {};
}

// Whatever arrives only means "look": the state itself is asked for over the runtime API.
Task<> Proxy::listen_for_events(std::weak_ptr<Proxy> weak, std::shared_ptr<EventSocket> socket) {
  std::array<char, 2048> buffer{};
  while (true) {
    boost::system::error_code error;
    co_await socket->async_receive(boost::asio::buffer(buffer),
                                   boost::asio::redirect_error(boost::asio::use_awaitable, error));
    const auto self = weak.lock();
    if (error || !self || self->stopped_) co_return;
    self->on_change_();
  }
}

Task<> Proxy::watch(std::weak_ptr<Proxy> weak, ProcessId worker) {
  co_await wait_process(worker);
  const auto self = weak.lock();
  if (!self || !co_await self->mourn(worker)) co_return;
  for (Duration wait = std::chrono::milliseconds(100); !co_await self->revive();
       wait = std::min<Duration>(wait * 2, std::chrono::seconds(5))) {
    co_await self->env_.timers.sleep(wait);
  }
  self->on_change_();
}

Task<bool> Proxy::mourn(ProcessId worker) {
  const auto hold = co_await changing_.lock();
  if (stopped_ || worker_ != worker) co_return false;  // an old worker that has finished
  env_.log.error("HAProxy died; starting it anew",
                 {{"namespace", config_.network_namespace}, {"pid", std::to_string(worker.pid)}});
  restarts_.add();
  worker_.reset();
  carry(Sums(last_seen_));
  co_return true;
}

Task<bool> Proxy::revive() {
  const auto hold = co_await changing_.lock();
  if (stopped_ || worker_) co_return true;  // a change has started it meanwhile
  const auto started = co_await reload(layout_);
  if (!started) env_.log.error("HAProxy cannot be started; trying again", {{"error", started.error().what}});
  co_return started.has_value();
}

Task<> Proxy::tidy(std::weak_ptr<Proxy> weak) {
  if (const auto self = weak.lock())
    co_await self->env_.timers.sleep(kTidyDelay);  // what comes in a burst is tidied once
  const auto self = weak.lock();
  if (!self) co_return;
  const auto hold = co_await self->changing_.lock();
  self->tidying_ = false;
  if (self->stopped_ || !self->worker_ || !wants_tidying(self->layout_)) co_return;
  if (const auto done = co_await self->reload(self->layout_); !done) {
    self->env_.log.warn("the stock of spare listeners is not filled up", {{"error", done.error().what}});
  }
}

Task<Result<Proxy::Sums>> Proxy::count() {
  auto answer = co_await question("show stat -1 1 -1");
  FW_CO_TRY(const std::string text, std::move(answer));
  const auto frontends = parse_frontends(text);
  Sums sums;
  for (const auto& slot : layout_.slots) {
    const auto found = frontends.find(fmt::format("f{}", slot.port));
    if (!slot.listener_id.empty() && found != frontends.end()) sums.emplace(slot.listener_id, found->second);
  }
  co_return sums;
}

Task<Result<std::vector<gateway_link::MemberHealth>>> Proxy::health() {
  if (!worker_) co_return std::vector<gateway_link::MemberHealth>{};
  auto answer = co_await question("show servers state");
  FW_CO_TRY(const std::string text, std::move(answer));
  std::map<std::string, const Slot*> by_backend;
  for (const auto& slot : layout_.slots) by_backend.emplace(fmt::format("b{}", slot.port), &slot);
  std::vector<gateway_link::MemberHealth> members;
  for (const auto& state : parse_servers(text)) {
    const auto slot = by_backend.find(state.backend);
    if (slot == by_backend.end()) continue;
    const auto server = slot->second->servers.find(state.name);
    if (server == slot->second->servers.end()) continue;
    members.push_back({slot->second->pool_id, state.name, status_of(state, server->second)});
  }
  co_return members;
}

Task<Result<std::vector<gateway_link::ListenerCounters>>> Proxy::counters() {
  const auto hold = co_await changing_.lock();
  if (worker_) {
    auto counted = co_await count();
    FW_CO_TRY(last_seen_, std::move(counted));
  }
  std::vector<gateway_link::ListenerCounters> sums;
  for (const auto& slot : layout_.slots) {
    if (slot.listener_id.empty()) continue;
    gateway_link::ListenerCounters sum;
    if (const auto carried = layout_.carried.find(slot.listener_id); carried != layout_.carried.end())
      sum = carried->second;
    if (const auto now = last_seen_.find(slot.listener_id); now != last_seen_.end()) {
      add(sum, now->second);
      sum.active_connections = now->second.active_connections;
    }
    sum.listener_id = slot.listener_id;
    sums.push_back(std::move(sum));
  }
  co_return sums;
}

bool Proxy::load_record() {
  const auto text = read_file(path("record.json"));
  const auto value = text ? json::parse(*text) : Result<json::Value>(std::unexpected(text.error()));
  const auto record = value ? json::decode<Record>(*value) : Result<Record>(std::unexpected(value.error()));
  if (!record) return false;
  layout_ = record->layout;
  for (const auto& old : record->old_workers) old_workers_.push_back(to_process(old));
  const auto notes = read_file(path("record.jsonl"));
  for (const auto line : split(notes ? std::string_view(*notes) : std::string_view(), '\n')) {
    const auto note = line.empty() ? Result<json::Value>(fail(Errc::invalid, "empty")) : json::parse(line);
    const auto slot = note ? json::decode<Slot>(*note) : Result<Slot>(std::unexpected(note.error()));
    if (!slot) continue;  // torn when we were killed: HAProxy is asked what it has, and differs
    const auto at = std::ranges::find(layout_.slots, slot->port, &Slot::port);
    if (at != layout_.slots.end()) *at = *slot;
  }
  return true;
}

void Proxy::note_in_record(const std::vector<std::uint16_t>& ports) {
  std::string lines;
  for (const auto port : ports) {
    const auto slot = std::ranges::lower_bound(layout_.slots, port, {}, &Slot::port);
    if (slot != layout_.slots.end() && slot->port == port) lines += json::write(json::encode(*slot)) + "\n";
  }
  if (auto saved = append_file(path("record.jsonl"), lines); !saved) {
    env_.log.warn("HAProxy's record is not written; after a restart of the gateway it will be reloaded",
                  {{"error", saved.error().what}});
  }
}

void Proxy::save_record() {
  Record record;
  if (worker_) record.worker = to_record(*worker_);
  for (const auto& old : old_workers_) record.old_workers.push_back(to_record(old));
  record.layout = layout_;
  ::unlink(path("record.jsonl").c_str());
  if (auto saved = write_file(path("record.json"), json::write(json::encode(record))); !saved) {
    env_.log.warn("HAProxy's record is not written; after a restart of the gateway it will be reloaded",
                  {{"error", saved.error().what}});
  }
}

Task<> Proxy::stop() {
  const auto hold = co_await changing_.lock();
  if (!adopted_) co_await adopt();
  stopped_ = true;
  if (events_) events_->close();
  // At once: what they carry loses its addresses with the router's namespace.
  if (worker_) old_workers_.push_back(*std::exchange(worker_, std::nullopt));
  for (const auto& worker : old_workers_) signal_process(worker, SIGKILL);
  for (const auto& worker : old_workers_) {
    if (process_alive(worker)) co_await wait_process(worker);
  }
  std::error_code ignored;
  std::filesystem::remove_all(config_.globals.directory, ignored);
}

bool Proxy::port_is_free(std::uint16_t port) const {
  return net::in_namespace(config_.network_namespace,
                           [port]() -> Result<> {
                             const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
                             if (fd < 0) return fail_errno("open a socket", errno);
                             const int on = 1;
                             ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // as HAProxy does
                             sockaddr_in address{};
                             address.sin_family = AF_INET;
                             address.sin_port = htons(port);
                             const bool bound =
                                 ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
                             // Bound alone may be shared by SO_REUSEADDR; listening may not.
                             const bool free = bound && ::listen(fd, 1) == 0;
                             ::close(fd);
                             return free ? Result<>{} : fail(Errc::conflict, "in use");
                           })
      .has_value();
}

}  // namespace fairway::dataplane::haproxy
