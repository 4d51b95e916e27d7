#include "dataplane/ping/asker.h"

#include <arpa/inet.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <limits>
#include <map>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "dataplane/ping/packet.h"
#include "net/namespace.h"
#include "runtime/sync.h"

namespace fairway::dataplane::ping {
namespace {

struct Waiting {
  in_addr_t address = 0;
  Notify answered;
};

struct State {
  State(boost::asio::any_io_executor executor, int fd, std::uint16_t id_in) : socket(executor, fd), id(id_in) {}
  boost::asio::posix::stream_descriptor socket;
  std::uint16_t id;
  std::uint16_t last_sequence = 0;
  std::map<std::uint16_t, std::shared_ptr<Waiting>> waiting;  // by sequence
};

void hear(State& state, std::span<const std::uint8_t> datagram, in_addr_t from) {
  const auto echo = parse_reply(datagram);
  if (!echo || echo->id != state.id) return;
  const auto found = state.waiting.find(echo->sequence);
  if (found != state.waiting.end() && found->second->address == from) found->second->answered.notify_all();
}

void read_all(State& state) {
  std::array<std::uint8_t, 2048> buffer{};
  while (true) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto got = ::recvfrom(state.socket.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                                reinterpret_cast<sockaddr*>(&from), &size);
    if (got < 0) return;
    hear(state, std::span(buffer).first(static_cast<std::size_t>(got)), from.sin_addr.s_addr);
  }
}

Task<> listen(std::shared_ptr<State> state) {
  boost::system::error_code error;
  while (!error) {
    co_await state->socket.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                                      boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (!error) read_all(*state);
  }
}

bool send(State& state, std::uint16_t sequence, in_addr_t address) {
  const auto bytes = to_request({state.id, sequence});
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = address;
  return ::sendto(state.socket.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&to), sizeof to) >= 0;
}

// A number that no other question has; nothing when all are taken.
std::optional<std::uint16_t> next_sequence(State& state) {
  if (state.waiting.size() > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  while (state.waiting.contains(++state.last_sequence)) {
  }
  return state.last_sequence;
}

Task<bool> ask_once(std::shared_ptr<State> state, in_addr_t address, Duration limit) {
  if (!state->socket.is_open()) co_return false;
  const auto sequence = next_sequence(*state);
  if (!sequence || !send(*state, *sequence, address)) co_return false;
  const auto waiting = std::make_shared<Waiting>();
  waiting->address = address;
  state->waiting.emplace(*sequence, waiting);
  const bool answered = co_await waiting->answered.wait(limit);
  state->waiting.erase(*sequence);
  co_return answered;
}

class RawAsker final : public Asker {
 public:
  explicit RawAsker(std::shared_ptr<State> state) : state_(std::move(state)) {}
  ~RawAsker() override { RawAsker::close(); }
  RawAsker(const RawAsker&) = delete;
  RawAsker& operator=(const RawAsker&) = delete;

  Task<bool> ask(std::string address, Duration limit) override {
    in_addr to{};
    if (::inet_pton(AF_INET, address.c_str(), &to) != 1) co_return false;
    co_return co_await ask_once(state_, to.s_addr, limit);
  }
  void close() override {
    boost::system::error_code ignored;
    state_->socket.close(ignored);
  }

 private:
  std::shared_ptr<State> state_;
};

Result<int> open_socket(const std::string& ns) {
  int fd = -1;
  FW_TRY_DO(net::in_namespace(ns, [&fd]() -> Result<> {
    fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP);
    if (fd < 0) return fail_errno("open a socket for ICMP", errno);
    icmp_filter only_replies{~(1U << ICMP_ECHOREPLY)};
    ::setsockopt(fd, SOL_RAW, ICMP_FILTER, &only_replies, sizeof only_replies);
    return {};
  }));
  return fd;
}

}  // namespace

Result<std::shared_ptr<Asker>> open_asker(boost::asio::any_io_executor executor, Random& random,
                                          const std::string& ns) {
  FW_TRY(const int fd, open_socket(ns));
  std::uint16_t id = 0;
  random.fill(std::as_writable_bytes(std::span(&id, 1)));
  auto state = std::make_shared<State>(executor, fd, id);
  boost::asio::co_spawn(executor, listen(state), boost::asio::detached);
  return std::make_shared<RawAsker>(std::move(state));
}

}  // namespace fairway::dataplane::ping
