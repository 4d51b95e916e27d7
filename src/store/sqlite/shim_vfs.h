// A disk for tests, under SQLite: a VFS in memory that loses power at a chosen instant, and can be told to fail.
//
//   ShimDisk disk(seed);
//   disk.lose_power_after(137);           // the 138th operation that changes something never happens, nor any after
//   it … open a store with vfs = disk.name() and write until it fails … disk.restart();                       // the
//   power is back: what was synced is there, and of the rest what it pleases
//
// What was written but not synced is, write by write, kept, dropped, or torn (only some of its 512-byte sectors), as
// the seed says; so is a change of a file's length, and a file that was never synced may be gone. Reading sees what
// was written, as it does through a page cache. No file is ever mapped or shared: open with locking_mode=EXCLUSIVE.
//
// Threads: one database at a time, from any thread. Test code only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace fairway::store::sqlite {

class ShimDisk {
 public:
  explicit ShimDisk(std::uint32_t seed);
  ~ShimDisk();
  ShimDisk(const ShimDisk&) = delete;
  ShimDisk& operator=(const ShimDisk&) = delete;

  // The VFS's name, for sqlite3_open_v2.
  [[nodiscard]] const std::string& name() const;

  void lose_power_after(std::uint64_t changes);
  [[nodiscard]] bool is_off() const;
  // Everything is closed before this.
  void restart();

  // From now on each write answers "disk full" (SQLITE_FULL); reading goes on.
  void be_full();

  // Writes, syncs, truncations and deletions so far.
  [[nodiscard]] std::uint64_t changes() const;

  struct Disk;

 private:
  std::unique_ptr<Disk> disk_;
};

}  // namespace fairway::store::sqlite
