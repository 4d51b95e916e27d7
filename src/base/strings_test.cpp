#include "base/strings.h"

#include <gtest/gtest.h>

namespace fairway {
namespace {

TEST(Strings, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Strings, ParseIntTakesTheWholeTextOrNothing) {
  EXPECT_EQ(parse_int("-12"), -12);
  for (const auto* bad : {"", " 1", "1 ", "+1", "0x1", "99999999999999999999"})
    EXPECT_EQ(parse_int(bad), std::nullopt) << bad;
}

TEST(Strings, Base64RoundTripsEveryLength) {
  const std::string bytes("\0\xff\x10pq\n", 6);
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    EXPECT_EQ(base64_decode(base64_encode(bytes.substr(0, n))), bytes.substr(0, n));
  }
  EXPECT_EQ(base64_encode("fairway"), "ZmFpcndheQ==");
  EXPECT_EQ(base64_decode("Zm=Fp"), std::nullopt);
  EXPECT_EQ(base64_decode("a b"), std::nullopt);
}

TEST(Strings, PercentCodingLeavesMalformedEscapesAlone) {
  EXPECT_EQ(percent_encode("a b/ü"), "a%20b%2F%C3%BC");
  EXPECT_EQ(percent_decode("a%20b%2f%"), "a b/%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz"), "%zz");
}

TEST(Strings, UuidsWithAndWithoutDashes) {
  EXPECT_TRUE(is_uuid("3f2b8c1e-0000-4000-8000-00000000000a"));
  EXPECT_TRUE(is_uuid("3f2b8c1e00004000800000000000000a"));
  EXPECT_FALSE(is_uuid("3f2b8c1e-0000-4000-8000-00000000000"));
  EXPECT_FALSE(is_uuid("3f2b8c1e_0000_4000_8000_00000000000a"));
}

}  // namespace
}  // namespace fairway
