// Messages of rtnetlink(7), for links.cpp and namespace.cpp: builds a request, sends it, collects the answer. Inner
// part of net/: nobody else includes it.
#pragma once

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace fairway::net {

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  [[nodiscard]] int get() const { return fd_; }
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

// One request, grown attribute by attribute.
class NetlinkRequest {
 public:
  template <class Header>
  NetlinkRequest(std::uint16_t type, std::uint16_t flags, const Header& header) {
    nlmsghdr start{};
    start.nlmsg_type = type;
    start.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    start.nlmsg_seq = 1;
    append(&start, sizeof start);
    append(&header, sizeof header);
  }

  void bytes(std::uint16_t type, const void* data, std::size_t size) {
    const auto at = open(type);
    append(data, size);
    close(at);
  }
  void text(std::uint16_t type, const std::string& value) { bytes(type, value.c_str(), value.size() + 1); }
  void number(std::uint16_t type, std::uint32_t value) { bytes(type, &value, sizeof value); }
  // Attributes within: `fill` adds them. Some nests begin with a header of their own (VETH_INFO_PEER).
  void nest(std::uint16_t type, const std::function<void()>& fill) {
    const auto at = open(type);
    fill();
    close(at);
  }
  template <class Header>
  void raw(const Header& header) {
    append(&header, sizeof header);
  }

  // The message with its length filled in.
  [[nodiscard]] std::span<std::byte> finish();

 private:
  std::size_t open(std::uint16_t type) {
    const auto at = buffer_.size();
    const rtattr attribute{0, type};
    append(&attribute, sizeof attribute);
    return at;
  }
  void close(std::size_t at) {
    const auto size = static_cast<std::uint16_t>(length_ - at);
    std::memcpy(buffer_.data() + at, &size, sizeof size);
  }
  void append(const void* data, std::size_t size) {
    buffer_.resize((buffer_.size() + 3) & ~std::size_t{3});
    const auto* from = static_cast<const std::byte*>(data);
    buffer_.insert(buffer_.end(), from, from + size);
    length_ = buffer_.size();
    buffer_.resize((buffer_.size() + 3) & ~std::size_t{3});
  }
  std::vector<std::byte> buffer_;
  std::size_t length_ = 0;  // without the padding behind the last attribute
};

// One answer of a dump or a get: its fixed header and its attributes.
struct NetlinkAnswer {
  std::vector<std::byte> header;
  std::map<int, std::vector<std::byte>> attributes;

  template <class Header>
  [[nodiscard]] Header as() const {
    Header value{};
    std::memcpy(&value, header.data(), std::min(sizeof value, header.size()));
    return value;
  }
  [[nodiscard]] std::string text(int type) const;
  [[nodiscard]] std::uint32_t number(int type) const;
};

// Sends the request from inside the namespace and waits for the kernel's acknowledgement. 0 or errno; `answers` (if
// wanted) gets what came before it, its fixed header being `header_size` long.
[[nodiscard]] Result<int> talk(const std::string& ns, NetlinkRequest request, std::size_t header_size = 0,
                               std::vector<NetlinkAnswer>* answers = nullptr);

// What talk() returned as a Result, with errors that are none (EEXIST, ENODEV, …) forgiven.
[[nodiscard]] Result<> expect(Result<int> answer, std::string_view doing, std::initializer_list<int> forgiven = {});

[[nodiscard]] Result<> set_link_up(const std::string& ns, const std::string& link);

}  // namespace fairway::net
