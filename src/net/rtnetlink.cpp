#include "net/rtnetlink.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "net/namespace.h"

namespace fairway::net {
namespace {

void note_answer(std::vector<NetlinkAnswer>& answers, const nlmsghdr& message, std::size_t header_size) {
  const auto* payload = static_cast<const std::byte*>(NLMSG_DATA(&message));
  const std::size_t size = message.nlmsg_len - NLMSG_HDRLEN;
  if (size < header_size) return;
  NetlinkAnswer answer;
  answer.header.assign(payload, payload + header_size);
  std::size_t at = NLMSG_ALIGN(header_size);
  while (at + sizeof(rtattr) <= size) {
    rtattr attribute{};
    std::memcpy(&attribute, payload + at, sizeof attribute);
    if (attribute.rta_len < sizeof attribute || at + attribute.rta_len > size) break;
    answer.attributes[attribute.rta_type & NLA_TYPE_MASK].assign(payload + at + sizeof attribute,
                                                                 payload + at + attribute.rta_len);
    at += RTA_ALIGN(attribute.rta_len);
  }
  answers.push_back(std::move(answer));
}

// Reads until the acknowledgement or the end of the dump: 0 or errno.
Result<int> collect(int socket, std::size_t header_size, std::vector<NetlinkAnswer>* answers) {
  alignas(nlmsghdr) std::array<std::byte, 65536> buffer{};
  while (true) {
    const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno("read from netlink", errno);
    auto left = static_cast<unsigned>(got);
    for (auto* message = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_type == NLMSG_DONE) return 0;
      if (message->nlmsg_type == NLMSG_ERROR) return -static_cast<const nlmsgerr*>(NLMSG_DATA(message))->error;
      if (answers != nullptr) note_answer(*answers, *message, header_size);
    }
  }
}

Result<int> exchange(std::span<std::byte> message, std::size_t header_size, std::vector<NetlinkAnswer>* answers) {
  const Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (socket.get() < 0) return fail_errno("open a netlink socket", errno);
  if (::send(socket.get(), message.data(), message.size(), 0) < 0) return fail_errno("write to netlink", errno);
  return collect(socket.get(), header_size, answers);
}

}  // namespace

std::span<std::byte> NetlinkRequest::finish() {
  auto* start = reinterpret_cast<nlmsghdr*>(buffer_.data());
  start->nlmsg_len = static_cast<std::uint32_t>(length_);
  if ((start->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP) start->nlmsg_flags |= NLM_F_ACK;
  return buffer_;
}

std::string NetlinkAnswer::text(int type) const {
  const auto found = attributes.find(type);
  if (found == attributes.end() || found->second.empty()) return {};
  return {reinterpret_cast<const char*>(found->second.data()), found->second.size() - 1};
}

std::uint32_t NetlinkAnswer::number(int type) const {
  std::uint32_t value = 0;
  const auto found = attributes.find(type);
  if (found != attributes.end())
    std::memcpy(&value, found->second.data(), std::min(sizeof value, found->second.size()));
  return value;
}

Result<int> talk(const std::string& ns, NetlinkRequest request, std::size_t header_size,
                 std::vector<NetlinkAnswer>* answers) {
  int code = 0;
  FW_TRY_DO(in_namespace(ns, [&]() -> Result<> {
    FW_TRY(code, exchange(request.finish(), header_size, answers));
    return {};
  }));
  return code;
}

Result<> expect(Result<int> answer, std::string_view doing, std::initializer_list<int> forgiven) {
  if (!answer) return std::unexpected(std::move(answer).error().within(doing));
  if (*answer == 0 || std::ranges::find(forgiven, *answer) != forgiven.end()) return {};
  return fail_errno(doing, *answer);
}

}  // namespace fairway::net
