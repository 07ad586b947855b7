// Freed memory is overwritten, so that neither records nor tokens outlive their use in the memory of a running server
// or in its core (DEC-11). Part of every program, not of a library. A sanitizer brings an allocator of its own.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer) && !__has_feature(memory_sanitizer)

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

extern "C" {

// What jemalloc is told (see its manual, "TUNING").
extern const char* malloc_conf;
const char* malloc_conf = "junk:free";

// jemalloc 5.3 overwrites what free() and delete get, but not the block that its realloc() moves away from or cuts off:
// libcurl builds each request in a buffer that grows like that, and left a copy that ends with the access token. The
// programs' own realloc() stands before jemalloc's, for libraries too.
void* realloc(void* block, std::size_t bytes) noexcept {
  if (block == nullptr) return std::malloc(bytes);
  if (bytes == 0) {  // as glibc and jemalloc have it
    std::free(block);
    return nullptr;
  }
  const std::size_t held_bytes = malloc_usable_size(block);
  const bool fits = bytes <= held_bytes && bytes > held_bytes / 2;
  if (fits) return block;
  void* const moved = std::malloc(bytes);
  if (moved == nullptr) return nullptr;  // `block` stays as it is
  std::memcpy(moved, block, std::min(held_bytes, bytes));
  std::free(block);
  return moved;
}

}  // extern "C"

#endif
