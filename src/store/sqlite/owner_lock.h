// One owner for each store: a lock on <file>.lock, held as long as the process lives and given back by the kernel
// when it dies, however it dies. The file holds the owner's pid, for the message to the second who comes.
#pragma once

#include <string>

#include "base/result.h"

namespace fairway::store::sqlite {

class OwnerLock {
 public:
  // Error: conflict, naming the process that has it.
  [[nodiscard]] static Result<OwnerLock> take(const std::string& store_file);
  OwnerLock(OwnerLock&& other) noexcept;
  OwnerLock& operator=(OwnerLock&& other) = delete;
  ~OwnerLock();

 private:
  explicit OwnerLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace fairway::store::sqlite
