// Time and randomness, handed in: nobody else asks the machine for them (tools/lint says so), so back-off, expiry and
// ids are testable without a sleep.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>

namespace fairway {

using Duration = std::chrono::nanoseconds;
using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

// Threads: any. The wall clock is for stamps and expiry only; all waiting is by the steady clock.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual SteadyTime steady() const = 0;
  [[nodiscard]] virtual WallTime wall() const = 0;
};

class Random {
 public:
  virtual ~Random() = default;
  // Fills with bytes fit for keys and passwords.
  virtual void fill(std::span<std::byte> bytes) = 0;
};

// The machine's own clock and getrandom(2).
[[nodiscard]] const Clock& system_clock();
[[nodiscard]] Random& system_random();

// "3f2b8c1e-…-…" (RFC 9562, version 4), and the same without dashes, as Keystone's ids are.
[[nodiscard]] std::string make_uuid(Random& random);
[[nodiscard]] std::string make_hex_id(Random& random);
// `length` characters of a-z and 0-9; 5 bits of randomness each.
[[nodiscard]] std::string make_suffix(Random& random, std::size_t length);
// URL-safe text with `bytes` bytes of randomness: passwords, secrets.
[[nodiscard]] std::string make_secret(Random& random, std::size_t bytes = 24);

// "2026-11-22T21:42:06" (Octavia), with fraction "…06.000000" where wanted, and with Z (Neutron, Kubernetes).
enum class Stamp { seconds, seconds_z, micros_z };
[[nodiscard]] std::string to_iso8601(WallTime time, Stamp stamp = Stamp::seconds);

}  // namespace fairway
