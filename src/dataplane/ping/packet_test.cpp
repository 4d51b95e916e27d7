#include "dataplane/ping/packet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairway::dataplane::ping {
namespace {

// What a host sends back, as a raw socket shows it: the IP header, then the request with type 0 and its checksum.
std::vector<std::uint8_t> reply(std::size_t ip_header) {
  std::vector<std::uint8_t> datagram(ip_header);
  datagram[0] = static_cast<std::uint8_t>(0x40U | ip_header / 4);
  auto message = to_request({0x1234, 7});
  message[0] = 0;
  const unsigned sum = (message[2] << 8U | message[3]) + 0x0800U;  // the type was 8 in the high byte
  const unsigned folded = (sum & 0xffffU) + (sum >> 16U);
  message[2] = static_cast<std::uint8_t>(folded >> 8U);
  message[3] = static_cast<std::uint8_t>(folded);
  datagram.insert(datagram.end(), message.begin(), message.end());
  return datagram;
}

TEST(Packet, ARequestHasItsTypeItsNumbersAndAChecksumThatHolds) {
  const auto bytes = to_request({0x1234, 0x00ff});
  ASSERT_GE(bytes.size(), 8U);
  EXPECT_EQ(bytes[0], 8);
  EXPECT_EQ(bytes[1], 0);
  EXPECT_EQ(bytes[4], 0x12);
  EXPECT_EQ(bytes[5], 0x34);
  EXPECT_EQ(bytes[6], 0x00);
  EXPECT_EQ(bytes[7], 0xff);
  unsigned sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? bytes[i] << 8U : bytes[i];
  EXPECT_EQ((sum & 0xffffU) + (sum >> 16U), 0xffffU);
}

TEST(Packet, ARepliesNumbersAreFoundBehindAnyHeader) {
  EXPECT_EQ(parse_reply(reply(20)), (Echo{0x1234, 7}));
  EXPECT_EQ(parse_reply(reply(24)), (Echo{0x1234, 7}));
}

TEST(Packet, WhatIsNoIntactReplyIsNone) {
  EXPECT_EQ(parse_reply({}), std::nullopt);
  auto datagram = reply(20);
  EXPECT_EQ(parse_reply(std::span(datagram).first(27)), std::nullopt);
  datagram[26] ^= 1U;  // the sequence, against the checksum
  EXPECT_EQ(parse_reply(datagram), std::nullopt);
  datagram = reply(20);
  datagram[20] = 8;  // our own request, on loopback
  EXPECT_EQ(parse_reply(datagram), std::nullopt);
  datagram = reply(20);
  datagram[0] = 0x4f;  // claims a header of 60 bytes
  EXPECT_EQ(parse_reply(datagram), std::nullopt);
  datagram[0] = 0x41;
  EXPECT_EQ(parse_reply(datagram), std::nullopt);
}

}  // namespace
}  // namespace fairway::dataplane::ping
