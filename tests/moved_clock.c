// Loaded before a program (LD_PRELOAD), this moves the program's wall clock by MOVED_CLOCK_S seconds; its steady clock
// stays. It asks the kernel itself and allocates nothing: libfaketime looks functions up at the first call, and an
// allocator that reads the clock while it starts, as jemalloc does, waits for itself.
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec* now) {
  const int outcome = (int)syscall(SYS_clock_gettime, clock, now);
  const char* moved = getenv("MOVED_CLOCK_S");
  if (outcome == 0 && clock == CLOCK_REALTIME && moved != NULL) now->tv_sec += atol(moved);
  return outcome;
}
