// Reads the YAML configuration: every problem at once, each with its line and the path that a person typed.
//
// A section's struct lives beside what it configures, and its reader is a function there that asks this one for each
// key:
//   Section cloud = file.section("cloud");
//   cloud.read("port", config.port, {.min = 0, .max = 65535});
//   cloud.finish();                          // keys that nobody asked for are problems, with the nearest known key
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fairway::config {

struct Problem {
  int line = 0;      // from 1; 0 when it concerns the whole file
  std::string path;  // "cloud.port"
  std::string what;
  bool operator==(const Problem&) const = default;
};

struct IntRange {
  std::int64_t min = INT64_MIN;
  std::int64_t max = INT64_MAX;
};

class File;

// A view into a File, which must outlive it.
class Section {
 public:
  // Each leaves the value alone when the key is absent, and notes a problem when it is of the wrong type or out of
  // range.
  void read(std::string_view key, bool& value);
  void read(std::string_view key, std::string& value);
  void read(std::string_view key, std::vector<std::string>& value);
  void read(std::string_view key, std::int64_t& value, IntRange range = {});
  void read(std::string_view key, std::uint16_t& value);
  void read(std::string_view key, std::size_t& value, IntRange range = {});
  void read(std::string_view key, double& value);
  void read(std::string_view key, std::chrono::milliseconds& value);  // "250ms", "5s", "2m", "1h"
  void require(std::string_view key, std::string& value);             // absent or empty is a problem
  // The content of the file named by key_file ("password_file: …"), stripped of the line break at its end; the secret
  // itself never stands in the configuration. A problem when the file is readable by others than its owner.
  void read_secret_file(std::string_view key_file, std::string& value);

  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] Section section(std::string_view key);
  [[nodiscard]] std::vector<Section> list(std::string_view key);  // of sections
  [[nodiscard]] std::vector<std::pair<std::string, Section>> entries(
      std::string_view key);  // of a map with free keys
  void problem(std::string_view key, std::string what);
  void finish();

 private:
  friend class File;
  struct Node;
  explicit Section(std::shared_ptr<Node> node) : node_(std::move(node)) {}
  std::shared_ptr<Node> node_;
};

class File {
 public:
  // An unreadable file or malformed YAML is a problem too.
  [[nodiscard]] static File read(const std::string& path);
  [[nodiscard]] static File parse(std::string name, std::string_view text);
  [[nodiscard]] Section root();
  [[nodiscard]] const std::vector<Problem>& problems() const;
  // "fairway.yaml:7: cloud.port: 70000 is not between 0 and 65535", one a line.
  [[nodiscard]] std::string report() const;

 private:
  friend class Section;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace fairway::config
