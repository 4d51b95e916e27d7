#include "dataplane/haproxy/runtime_api.h"

#include <cctype>
#include <optional>
#include <set>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "base/strings.h"

namespace fairway::dataplane::haproxy {
namespace {

using Stream = boost::asio::local::stream_protocol;

constexpr std::size_t kLongestLine = 15'000;  // HAProxy reads at most a buffer of 16 kB
constexpr auto kPatience = std::chrono::seconds(5);

std::vector<std::string> to_lines(const std::vector<std::string>& commands) {
  std::vector<std::string> lines;
  for (const auto& command : commands) {
    if (lines.empty() || lines.back().size() + command.size() > kLongestLine) {
      lines.push_back(command);
    } else {
      lines.back() += ";" + command;
    }
  }
  return lines;
}

// One line, one connection: HAProxy answers and closes. The timer closes the socket under a HAProxy that hangs.
Task<Result<std::string>> ask_line(std::string path, std::string line) {
  const auto executor = co_await boost::asio::this_coro::executor;
  auto socket = std::make_shared<Stream::socket>(executor);
  boost::asio::steady_timer limit(executor, kPatience);
  limit.async_wait([socket](boost::system::error_code error) {
    if (!error) socket->close();
  });
  boost::system::error_code error;
  const auto token = [&error] { return boost::asio::redirect_error(boost::asio::use_awaitable, error); };
  co_await socket->async_connect(Stream::endpoint(path), token());
  line += '\n';
  if (!error) co_await boost::asio::async_write(*socket, boost::asio::buffer(line), token());
  std::string answer;
  if (!error) co_await boost::asio::async_read(*socket, boost::asio::dynamic_buffer(answer), token());
  if (error == boost::asio::error::eof) co_return answer;
  co_return fail(Errc::unavailable, fmt::format("HAProxy's socket {}: {}", path, error.message()));
}

// The header line "# name name …" as positions.
using Columns = std::map<std::string, std::size_t, std::less<>>;

Columns columns(std::string_view header, char separator) {
  Columns at;
  if (header.starts_with("# ")) header.remove_prefix(2);
  std::size_t i = 0;
  for (const auto name : split(header, separator)) at.emplace(name, i++);
  return at;
}

class Row {
 public:
  Row(const Columns& at, std::string_view line, char separator) : at_(at), cells_(split(line, separator)) {}
  [[nodiscard]] std::string_view text(std::string_view name) const {
    const auto found = at_.find(name);
    return found == at_.end() || found->second >= cells_.size() ? std::string_view() : cells_[found->second];
  }
  [[nodiscard]] std::int64_t number(std::string_view name) const { return parse_int(text(name)).value_or(0); }

 private:
  const Columns& at_;
  std::vector<std::string_view> cells_;
};

const Slot* slot_of(const std::map<std::string, const Slot*>& by_backend, const std::string& backend) {
  const auto found = by_backend.find(backend);
  return found == by_backend.end() ? nullptr : found->second;
}

void correct_server(Correction& correction, const ServerState& state, const Server& wanted) {
  const auto address = fmt::format("{}:{}", state.address, state.port);
  if (wanted.options != address && !wanted.options.starts_with(address + " ")) {
    correction.reasons.push_back(fmt::format("server {}/{} has address {}", state.backend, state.name, address));
  }
  if (wanted.enabled == state.in_maintenance()) {
    correction.commands.push_back(
        fmt::format("{} server {}/{}", wanted.enabled ? "enable" : "disable", state.backend, state.name));
  }
  if (wanted.checked && wanted.is_held() == state.is_checking()) {
    correction.commands.push_back(
        fmt::format("{} health {}/{}", wanted.is_held() ? "disable" : "enable", state.backend, state.name));
  }
  // Enabling a server brings it up. One that a check took down before it lost its check would stay down for ever.
  const bool is_down = !state.in_maintenance() && state.operation == 0;
  const bool is_ours = wanted.enabled && (!wanted.checked || wanted.held_down());
  if (is_ours && wanted.held_down() != is_down) {
    correction.commands.push_back(
        fmt::format("set server {}/{} health {}", state.backend, state.name, wanted.held_down() ? "down" : "up"));
  }
  if (wanted.weight != state.weight) {
    correction.commands.push_back(
        fmt::format("set server {}/{} weight {}", state.backend, state.name, wanted.weight));
  }
}

}  // namespace

Task<Result<std::string>> ask(std::string socket_path, std::vector<std::string> commands) {
  std::string answers;
  for (auto& line : to_lines(commands)) {
    auto answer = co_await ask_line(socket_path, std::move(line));
    FW_CO_TRY(const std::string text, std::move(answer));
    answers += text;
  }
  co_return answers;
}

std::vector<std::string> complaints(std::string_view answer) {
  std::vector<std::string> found;
  for (const auto line : split(answer, '\n')) {
    const auto text = trim(line);
    if (!text.empty() && text != "New server registered." && text != "Server deleted.") found.emplace_back(text);
  }
  return found;
}

std::vector<ServerState> parse_servers(std::string_view answer) {
  std::vector<ServerState> servers;
  Columns at;
  for (const auto line : split(answer, '\n')) {
    if (line.starts_with("# ")) at = columns(line, ' ');
    if (at.empty() || line.starts_with('#') || line.find(' ') == std::string_view::npos) continue;
    const Row row(at, line, ' ');
    ServerState state;
    state.backend = row.text("be_name");
    state.name = row.text("srv_name");
    state.id = static_cast<int>(row.number("srv_id"));
    state.address = row.text("srv_addr");
    state.port = static_cast<std::uint16_t>(row.number("srv_port"));
    state.operation = static_cast<int>(row.number("srv_op_state"));
    state.admin = static_cast<unsigned>(row.number("srv_admin_state"));
    state.weight = static_cast<int>(row.number("srv_uweight"));
    state.check_status = static_cast<int>(row.number("srv_check_status"));
    state.check_state = static_cast<unsigned>(row.number("srv_check_state"));
    servers.push_back(std::move(state));
  }
  return servers;
}

namespace {

// A key as "show table" writes it; nothing when it is not plain enough for a command.
std::optional<std::string> plain_key(std::string_view written) {
  constexpr std::string_view kPlain = "-_.~:/+%@!*=&,";
  std::string key;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] == '\\' && written.substr(i + 1).starts_with('=')) ++i;
    if (std::isalnum(static_cast<unsigned char>(written[i])) == 0 && !kPlain.contains(written[i]))
      return std::nullopt;
    key += written[i];
  }
  return key.empty() ? std::nullopt : std::optional(std::move(key));
}

// What stands between the mark and the next space.
std::string_view field(std::string_view line, std::string_view mark) {
  const auto at = line.find(mark);
  if (at == std::string_view::npos) return {};
  const auto rest = line.substr(at + mark.size());
  return rest.substr(0, rest.find(' '));
}

}  // namespace

std::vector<Stuck> parse_table(std::string_view answer, const std::vector<ServerState>& servers) {
  std::vector<Stuck> stuck;
  std::string backend;
  for (const auto line : split(answer, '\n')) {
    if (line.starts_with("# table: ")) backend = line.substr(9, line.find(',') - 9);
    const auto key = plain_key(field(line, ": key="));
    const auto id = parse_int(field(line, " server_id="));
    if (!key || !id) continue;
    const auto server = std::ranges::find_if(
        servers, [&](const ServerState& state) { return state.backend == backend && state.id == *id; });
    if (server != servers.end()) stuck.push_back({*key, server->name});
  }
  return stuck;
}

std::vector<std::string> teach_table(const std::string& backend, const std::vector<Stuck>& stuck,
                                     const std::vector<ServerState>& servers) {
  std::map<std::string, int> ids;
  for (const auto& state : servers) {
    if (state.backend == backend) ids[state.name] = state.id;
  }
  std::vector<std::string> commands;
  for (const auto& [key, server] : stuck) {
    if (const auto found = ids.find(server); found != ids.end())
      commands.push_back(fmt::format("set table {} key {} data.server_id {}", backend, key, found->second));
  }
  return commands;
}

std::map<std::string, gateway_link::ListenerCounters> parse_frontends(std::string_view answer) {
  std::map<std::string, gateway_link::ListenerCounters> frontends;
  Columns at;
  for (const auto line : split(answer, '\n')) {
    if (line.starts_with("# ")) at = columns(line, ',');
    if (at.empty() || line.starts_with('#') || line.find(',') == std::string_view::npos) continue;
    const Row row(at, line, ',');
    const auto count = [&row](const char* name) { return static_cast<std::uint64_t>(row.number(name)); };
    auto& counters = frontends[std::string(row.text("pxname"))];
    counters.bytes_in = count("bin");
    counters.bytes_out = count("bout");
    counters.active_connections = count("scur");
    counters.total_connections = count("stot");
    counters.request_errors = count("ereq");
  }
  return frontends;
}

Correction correct(const Layout& layout, const std::vector<ServerState>& servers) {
  Correction correction;
  std::map<std::string, const Slot*> by_backend;
  for (const auto& slot : layout.slots) by_backend.emplace(fmt::format("b{}", slot.port), &slot);
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& state : servers) {
    seen.insert({state.backend, state.name});
    const Slot* slot = slot_of(by_backend, state.backend);
    const auto wanted = slot == nullptr ? decltype(slot->servers.end()){} : slot->servers.find(state.name);
    if (slot != nullptr && wanted != slot->servers.end()) {
      correct_server(correction, state, wanted->second);
    } else if (!state.in_maintenance()) {
      correction.reasons.push_back(fmt::format("server {}/{} is not ours", state.backend, state.name));
    }
  }
  for (const auto& [backend, slot] : by_backend) {
    for (const auto& [name, server] : slot->servers) {
      if (!seen.contains({backend, name}))
        correction.reasons.push_back(fmt::format("server {}/{} is missing", backend, name));
    }
  }
  return correction;
}

std::string status_of(const ServerState& state, const Server& server) {
  const bool probed = !server.probe.empty();
  if (state.in_maintenance()) return "OFFLINE";
  if (server.held_down() || (server.checked && state.operation == 0)) return "ERROR";
  if (state.weight == 0 || state.operation == 3) return "DRAINING";
  if (!server.checked && !probed) return "NO_MONITOR";
  const bool asked = (!probed || server.probe != "pending") && (!server.checked || state.check_status > 1);
  return asked ? "ONLINE" : "OFFLINE";
}

}  // namespace fairway::dataplane::haproxy
