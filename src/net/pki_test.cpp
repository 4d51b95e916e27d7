#include "net/pki.h"

#include <gtest/gtest.h>

#include "testing/env.h"

namespace fairway::net {
namespace {

class PkiTest : public ::testing::Test {
 protected:
  std::string issue(const CertificateSubject& subject) {
    const auto ca = make_certificate_authority("test CA", clock_);
    const auto made = issue_certificate(ca.value(), subject, CertificateUse::server, clock_);
    return made ? "made" : made.error().what;
  }
  testing::ManualClock clock_;
};

TEST_F(PkiTest, CertificatesEndWhenTheyShould) {
  const auto ca = make_certificate_authority("test CA", clock_);
  ASSERT_TRUE(ca.has_value()) << ca.error().what;
  const auto leaf = issue_certificate(*ca, {.common_name = "x"}, CertificateUse::client, clock_);
  ASSERT_TRUE(leaf.has_value()) << leaf.error().what;
  EXPECT_EQ(to_iso8601(certificate_expiry(ca->certificate_pem).value(), Stamp::seconds_z), "2035-12-29T23:00:00Z");
  EXPECT_EQ(to_iso8601(certificate_expiry(leaf->certificate_pem).value(), Stamp::seconds_z), "2026-12-31T23:00:00Z");
}

TEST_F(PkiTest, NamesThatCannotStandInACertificateAreRefused) {
  EXPECT_EQ(issue({.common_name = "a", .dns_names = {"*.example", "x-1"}, .addresses = {"10.0.0.1", "::1"}}), "made");
  EXPECT_EQ(issue({.common_name = ""}), "'' cannot stand in a certificate's name (1 to 64 characters of UTF-8)");
  EXPECT_EQ(issue({.common_name = "a", .dns_names = {"x,IP:10.0.0.1"}}), "'x,IP:10.0.0.1' is no DNS name");
  EXPECT_EQ(issue({.common_name = "a", .addresses = {"10.0.0"}}), "'10.0.0' is no IP address");
}

TEST_F(PkiTest, TextsThatAreNoneAreRefused) {
  EXPECT_EQ(certificate_expiry("x").error().what, "the text holds no PEM certificate");
  const auto ca = make_certificate_authority("test CA", clock_);
  const KeyPair broken{ca->certificate_pem, "x"};
  EXPECT_EQ(issue_certificate(broken, {.common_name = "a"}, CertificateUse::client, clock_).error().what,
            "the authority's key is not good PEM");
}

}  // namespace
}  // namespace fairway::net
