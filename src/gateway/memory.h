// The last world that the cloud told, on the gateway's own disk: the whole now and then, each change at once.
//
// world.json holds a whole world, changes.jsonl what came after it, one message a line as on the link. A change costs
// one write() without fsync: after a power cut there is nothing to keep up anyway. Blocks for microseconds; for a
// whole world for about a millisecond for each 100 load balancers.
#pragma once

#include <string>

#include "gateway_link/messages.h"

namespace fairway::gateway {

class Memory {
 public:
  explicit Memory(std::string directory) : directory_(std::move(directory)) {}
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // Error: not_found (nothing was ever remembered), invalid (the file is broken). A torn last change is left out.
  [[nodiscard]] Result<gateway_link::World> recall();
  [[nodiscard]] Result<> remember(const gateway_link::World& world);
  // `after` is the world with the change, written whole when the changes have grown long.
  [[nodiscard]] Result<> remember(const gateway_link::ChangeSet& change, const gateway_link::World& after);

 private:
  [[nodiscard]] std::string path(std::string_view name) const { return directory_ + "/" + std::string(name); }
  std::string directory_;
  int changes_ = -1;  // descriptor of changes.jsonl, open for appending
  std::size_t bytes_ = 0, whole_bytes_ = 0;
};

}  // namespace fairway::gateway
