// std::mutex with the annotations of clang's thread safety analysis (clang.llvm.org/docs/ThreadSafetyAnalysis.html):
// what a mutex guards is said where it is declared, and touching it without the mutex does not compile
// (-Werror=thread-safety). Other compilers see plain mutexes.
#pragma once

#include <mutex>

#if defined(__clang__)
#define SYNCWELL_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define SYNCWELL_THREAD_ANNOTATION(x)
#endif

// A member that is read and written only while this mutex is held.
#define SYNCWELL_GUARDED_BY(mutex) SYNCWELL_THREAD_ANNOTATION(guarded_by(mutex))
// A function that is called only while this mutex is held.
#define SYNCWELL_REQUIRES(...) SYNCWELL_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))

namespace syncwell {

class SYNCWELL_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  void lock() SYNCWELL_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void unlock() SYNCWELL_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class SYNCWELL_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) SYNCWELL_THREAD_ANNOTATION(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() SYNCWELL_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace syncwell
