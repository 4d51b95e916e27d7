#include "store/sqlite/shim_vfs.h"

#include <sqlite3.h>

#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <vector>

#include <fmt/format.h>

namespace fairway::store::sqlite {
namespace {

constexpr std::size_t kSector = 512;

// One write or one change of length that was not synced yet.
struct Unsynced {
  std::size_t offset = 0;
  std::string bytes;
  bool is_length = false;  // then offset is the new length
};

void write_into(std::string& content, std::size_t offset, std::string_view bytes) {
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
  content.replace(offset, bytes.size(), bytes);
}

struct File {
  std::string durable;
  std::string visible;
  std::vector<Unsynced> unsynced;
  bool name_is_durable = false;

  void sync() {
    for (const auto& step : unsynced) {
      if (step.is_length) {
        durable.resize(step.offset);
      } else {
        write_into(durable, step.offset, step.bytes);
      }
    }
    unsynced.clear();
    name_is_durable = true;
  }
};

}  // namespace

struct ShimDisk::Disk {
  explicit Disk(std::uint32_t seed) : random(seed) {}

  // True: this change does not happen.
  bool change() {
    if (changes >= power_lost_at) off = true;
    if (!off) ++changes;
    return off;
  }

  // Sector by sector: a torn write leaves some of them.
  void tear(std::string& content, const Unsynced& write) {
    for (std::size_t at = 0; at < write.bytes.size(); at += kSector) {
      if (random() % 2 == 0)
        write_into(content, write.offset + at, std::string_view(write.bytes).substr(at, kSector));
    }
  }

  void survive(File& file) {
    for (const auto& step : file.unsynced) {
      const auto fate = random() % 3;
      if (fate == 0) continue;  // dropped
      if (step.is_length) {
        file.durable.resize(step.offset);
      } else if (fate == 1) {
        tear(file.durable, step);
      } else {
        write_into(file.durable, step.offset, step.bytes);
      }
    }
  }

  void restart() {
    for (auto at = files.begin(); at != files.end();) {
      auto& file = at->second;
      if (!file.name_is_durable && random() % 2 == 0) {
        at = files.erase(at);
        continue;
      }
      survive(file);
      file.visible = file.durable;
      file.unsynced.clear();
      file.name_is_durable = true;
      ++at;
    }
    off = false;
    power_lost_at = UINT64_MAX;
  }

  std::recursive_mutex mutex;
  std::mt19937 random;
  std::map<std::string, File> files;
  std::uint64_t changes = 0;
  std::uint64_t power_lost_at = UINT64_MAX;
  bool off = false;
  bool full = false;
  std::string name;
  sqlite3_vfs vfs{};
};

namespace {

using Disk = ShimDisk::Disk;

struct OpenFile {
  sqlite3_file base;
  Disk* disk;
  const char* path;  // SQLite keeps it alive as long as the file is open
};

struct Held {
  explicit Held(sqlite3_file* file)
      : open(*reinterpret_cast<OpenFile*>(file)), disk(*open.disk), lock(disk.mutex), file(disk.files[open.path]) {}
  OpenFile& open;
  Disk& disk;
  std::unique_lock<std::recursive_mutex> lock;
  File& file;
};

int close_file(sqlite3_file* /*file*/) { return SQLITE_OK; }

int read_file(sqlite3_file* handle, void* into, int amount, sqlite3_int64 offset) {
  const Held held(handle);
  if (held.disk.off) return SQLITE_IOERR_READ;
  const auto begin = std::min(static_cast<std::size_t>(offset), held.file.visible.size());
  const auto part = std::string_view(held.file.visible).substr(begin, static_cast<std::size_t>(amount));
  std::memset(into, 0, static_cast<std::size_t>(amount));
  std::memcpy(into, part.data(), part.size());
  return part.size() == static_cast<std::size_t>(amount) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* handle, const void* from, int amount, sqlite3_int64 offset) {
  const Held held(handle);
  if (held.disk.full) return SQLITE_FULL;
  if (held.disk.change()) return SQLITE_IOERR_WRITE;
  const std::string bytes(static_cast<const char*>(from), static_cast<std::size_t>(amount));
  write_into(held.file.visible, static_cast<std::size_t>(offset), bytes);
  held.file.unsynced.push_back({static_cast<std::size_t>(offset), bytes, false});
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* handle, sqlite3_int64 size) {
  const Held held(handle);
  if (held.disk.change()) return SQLITE_IOERR_TRUNCATE;
  held.file.visible.resize(static_cast<std::size_t>(size));
  held.file.unsynced.push_back({static_cast<std::size_t>(size), {}, true});
  return SQLITE_OK;
}

int sync_file(sqlite3_file* handle, int /*flags*/) {
  const Held held(handle);
  if (held.disk.change()) return SQLITE_IOERR_FSYNC;
  held.file.sync();
  return SQLITE_OK;
}

int file_size(sqlite3_file* handle, sqlite3_int64* size) {
  const Held held(handle);
  *size = static_cast<sqlite3_int64>(held.file.visible.size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* /*file*/, int /*level*/) { return SQLITE_OK; }
int check_lock(sqlite3_file* /*file*/, int* reserved) {
  *reserved = 0;
  return SQLITE_OK;
}
int control(sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file* /*file*/) { return kSector; }
// As SQLite assumes of every disk by itself: a lost write harms no byte that it did not touch.
int characteristics(sqlite3_file* /*file*/) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

// Version 1: neither shared memory nor mapping.
constexpr sqlite3_io_methods kMethods = {1,         close_file,  read_file,      write_file, truncate_file,
                                         sync_file, file_size,   lock_file,      lock_file,  check_lock,
                                         control,   sector_size, characteristics};

Disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* handle, int flags, int* flags_out) {
  auto& disk = disk_of(vfs);
  const std::lock_guard lock(disk.mutex);
  handle->pMethods = nullptr;
  if (disk.off || path == nullptr) return SQLITE_CANTOPEN;
  if (!disk.files.contains(path) && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
  disk.files[path];
  auto* open = reinterpret_cast<OpenFile*>(handle);
  open->base.pMethods = &kMethods;
  open->disk = &disk;
  open->path = path;
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int /*sync_folder*/) {
  auto& disk = disk_of(vfs);
  const std::lock_guard lock(disk.mutex);
  if (disk.change()) return SQLITE_IOERR_DELETE;
  return disk.files.erase(path) == 1 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

int access_file(sqlite3_vfs* vfs, const char* path, int /*flags*/, int* exists) {
  auto& disk = disk_of(vfs);
  const std::lock_guard lock(disk.mutex);
  const auto at = disk.files.find(path);
  *exists = at != disk.files.end() && !at->second.visible.empty() ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs* /*vfs*/, const char* path, int size, char* into) {
  sqlite3_snprintf(size, into, "%s", path);
  return SQLITE_OK;
}

}  // namespace

ShimDisk::ShimDisk(std::uint32_t seed) : disk_(std::make_unique<Disk>(seed)) {
  const sqlite3_vfs* usual = sqlite3_vfs_find(nullptr);
  auto& vfs = disk_->vfs;
  vfs = *usual;  // its clock, its randomness, its patience
  disk_->name = fmt::format("shim-{}", static_cast<const void*>(disk_.get()));
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.pNext = nullptr;
  vfs.zName = disk_->name.c_str();
  vfs.pAppData = disk_.get();
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_path;
  sqlite3_vfs_register(&vfs, 0);
}
ShimDisk::~ShimDisk() { sqlite3_vfs_unregister(&disk_->vfs); }

const std::string& ShimDisk::name() const { return disk_->name; }
void ShimDisk::lose_power_after(std::uint64_t changes) {
  const std::lock_guard lock(disk_->mutex);
  disk_->power_lost_at = disk_->changes + changes;
}
bool ShimDisk::is_off() const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->off;
}
void ShimDisk::restart() {
  const std::lock_guard lock(disk_->mutex);
  disk_->restart();
}
void ShimDisk::be_full() {
  const std::lock_guard lock(disk_->mutex);
  disk_->full = true;
}
std::uint64_t ShimDisk::changes() const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->changes;
}

}  // namespace fairway::store::sqlite
