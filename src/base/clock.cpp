#include "base/clock.h"

#include <sys/random.h>

#include <array>
#include <ctime>

#include <fmt/format.h>

#include "base/result.h"

namespace fairway {
namespace {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] WallTime wall() const override { return std::chrono::system_clock::now(); }
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    while (!bytes.empty()) {
      const auto got = getrandom(bytes.data(), bytes.size(), 0);
      FW_CHECK(got > 0);
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
  }
};

std::string random_text(Random& random, std::size_t length, std::string_view alphabet) {
  std::string text(length, '\0');
  random.fill(std::as_writable_bytes(std::span(text)));
  for (char& c : text) c = alphabet[static_cast<unsigned char>(c) % alphabet.size()];
  return text;
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

Random& system_random() {
  static SystemRandom random;
  return random;
}

std::string make_hex_id(Random& random) {
  std::array<std::byte, 16> bytes{};
  random.fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  std::string text;
  for (const auto b : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned>(b));
  return text;
}

std::string make_uuid(Random& random) {
  auto text = make_hex_id(random);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
  return text;
}

// 32 characters: a power of two, so that no letter is likelier than another.
std::string make_suffix(Random& random, std::size_t length) {
  return random_text(random, length, "abcdefghijklmnopqrstuvwxyz234567");
}

std::string make_secret(Random& random, std::size_t bytes) {
  return random_text(random, (bytes * 8 + 5) / 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

std::string to_iso8601(WallTime time, Stamp stamp) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
  const std::time_t seconds = micros / 1'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                          parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
  if (stamp == Stamp::micros_z) text += fmt::format(".{:06}", micros % 1'000'000);
  if (stamp != Stamp::seconds) text += 'Z';
  return text;
}

}  // namespace fairway
