#include "gateway/memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "base/strings.h"
#include "dataplane/files.h"

namespace fairway::gateway {
namespace {

constexpr std::size_t kAlwaysFine = 1 << 20;  // of changes; above, as much again as the world itself

template <class T>
Result<T> decode_as(std::string_view line) {
  FW_TRY(auto message, gateway_link::decode(line));
  if (auto* value = std::get_if<T>(&message)) return std::move(*value);
  return fail(Errc::invalid, "another message than expected");
}

}  // namespace

Memory::~Memory() {
  if (changes_ >= 0) ::close(changes_);
}

Result<gateway_link::World> Memory::recall() {
  FW_TRY(const auto text, dataplane::read_file(path("world.json")));
  FW_TRY(auto whole, within(decode_as<gateway_link::WholeWorld>(trim(text)), path("world.json")));
  auto world = std::move(whole.world);
  const auto changes = dataplane::read_file(path("changes.jsonl"));
  if (!changes) return world;
  for (const auto line : split(*changes, '\n')) {
    if (line.empty()) continue;
    const auto change = decode_as<gateway_link::ChangeSet>(line);
    if (!change) break;  // torn when we were killed
    if (change->revision > world.revision) gateway_link::apply(world, *change);
  }
  return world;
}

Result<> Memory::remember(const gateway_link::World& world) {
  FW_TRY_DO(dataplane::make_directory(directory_, 0700));
  const auto text = gateway_link::encode(gateway_link::WholeWorld{world});
  FW_TRY_DO(dataplane::write_file(path("world.json"), text));
  // Changes older than the world are skipped by their revision, so the order of these two does not matter.
  if (changes_ >= 0) ::close(changes_);
  changes_ = ::open(path("changes.jsonl").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (changes_ < 0) return fail_errno("write " + path("changes.jsonl"), errno);
  bytes_ = 0;
  whole_bytes_ = text.size();
  return {};
}

Result<> Memory::remember(const gateway_link::ChangeSet& change, const gateway_link::World& after) {
  if (changes_ < 0 || bytes_ > kAlwaysFine + whole_bytes_) return remember(after);
  const auto line = gateway_link::encode(change) + "\n";
  if (::write(changes_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    // Half a line would hide all that follow it.
    const int error = errno;
    if (auto whole = remember(after); !whole) return fail_errno("write " + path("changes.jsonl"), error);
  }
  bytes_ += line.size();
  return {};
}

}  // namespace fairway::gateway
