#include "adapters/sqlite/fault_file_system.hpp"

#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <new>

namespace syncwell::sqlite {

constexpr std::array data_files = {"syncwell.db", "syncwell.db-wal"};

// What SQLite sees as its file; the operating system's file lies directly behind it.
struct FaultFile {
  sqlite3_file base;
  FaultFileSystem* system;
  std::string* path;
  bool is_log;
  std::array<int, SQLITE_SHM_NLOCK> held;  // of the log's locks: 1 shared, -1 exclusive

  static FaultFile& of(sqlite3_file* file) { return *reinterpret_cast<FaultFile*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&of(file) + 1); }
  static const sqlite3_io_methods& methods(sqlite3_file* file) { return *real(file)->pMethods; }

  static void note_replaced(sqlite3_file* file, std::int64_t offset, std::int64_t end) {
    FaultFileSystem::Replaced replaced;
    replaced.offset = offset;
    methods(file).xFileSize(real(file), reinterpret_cast<sqlite3_int64*>(&replaced.file_size));
    end = std::min(end, replaced.file_size);
    if (end > offset) {
      replaced.bytes.resize(static_cast<std::size_t>(end - offset));
      methods(file).xRead(real(file), replaced.bytes.data(), static_cast<int>(replaced.bytes.size()), offset);
    }
    of(file).system->unsynced_[*of(file).path].push_back(std::move(replaced));
  }

  static int close(sqlite3_file* file) {
    const int code = methods(file).xClose(real(file));
    delete of(file).path;
    return code;
  }
  static int read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 offset) {
    return methods(file).xRead(real(file), to, bytes, offset);
  }
  static int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
    if (const auto trouble = of(file).system->trouble()) return *trouble;
    if (of(file).system->disk_is_full) return SQLITE_FULL;
    if (of(file).system->fail_writes) return SQLITE_IOERR_WRITE;
    note_replaced(file, offset, offset + bytes);
    return methods(file).xWrite(real(file), from, bytes, offset);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    note_replaced(file, size, INT64_MAX);
    return methods(file).xTruncate(real(file), size);
  }
  static int sync(sqlite3_file* file, int flags) {
    if (const auto trouble = of(file).system->trouble()) return *trouble;
    if (of(file).system->fail_syncs || (of(file).system->fail_data_syncs && !of(file).is_log))
      return SQLITE_IOERR_FSYNC;
    if (of(file).is_log) ++of(file).system->log_syncs;
    of(file).system->unsynced_.erase(*of(file).path);
    return methods(file).xSync(real(file), flags);
  }
  static int file_size(sqlite3_file* file, sqlite3_int64* size) { return methods(file).xFileSize(real(file), size); }
  static int lock(sqlite3_file* file, int level) { return methods(file).xLock(real(file), level); }
  static int unlock(sqlite3_file* file, int level) { return methods(file).xUnlock(real(file), level); }
  static int check_lock(sqlite3_file* file, int* held) { return methods(file).xCheckReservedLock(real(file), held); }
  static int control(sqlite3_file* file, int operation, void* argument) {
    return methods(file).xFileControl(real(file), operation, argument);
  }
  static int sector_size(sqlite3_file* file) { return methods(file).xSectorSize(real(file)); }
  static int characteristics(sqlite3_file* file) { return methods(file).xDeviceCharacteristics(real(file)); }
  static int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    return methods(file).xShmMap(real(file), page, size, extend, memory);
  }
  // Nobody outside this thread has the files open, and asking the operating system for locks takes most of the time.
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    auto& holders = of(file).system->log_locks_[*of(file).path];
    auto& held = of(file).held;
    const auto first = static_cast<std::size_t>(offset);
    const auto end = first + static_cast<std::size_t>(count);
    for (auto i = first; i < end; ++i) {
      const bool shared = (flags & SQLITE_SHM_SHARED) != 0;
      if ((flags & SQLITE_SHM_LOCK) != 0 && held[i] == 0 && (shared ? holders[i] < 0 : holders[i] != 0))
        return SQLITE_BUSY;
    }
    for (auto i = first; i < end; ++i) {
      const bool lock = (flags & SQLITE_SHM_LOCK) != 0;
      if (lock == (held[i] != 0)) continue;
      if (lock) held[i] = (flags & SQLITE_SHM_SHARED) != 0 ? 1 : -1;
      holders[i] += lock ? held[i] : -held[i];
      if (!lock) held[i] = 0;
    }
    return SQLITE_OK;
  }
  static void shm_barrier(sqlite3_file* file) { methods(file).xShmBarrier(real(file)); }
  static int shm_unmap(sqlite3_file* file, int remove) {
    shm_lock(file, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK);
    return methods(file).xShmUnmap(real(file), remove);
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    static const sqlite3_io_methods all{.iVersion = 2,
                                        .xClose = close,
                                        .xRead = read,
                                        .xWrite = write,
                                        .xTruncate = truncate,
                                        .xSync = sync,
                                        .xFileSize = file_size,
                                        .xLock = lock,
                                        .xUnlock = unlock,
                                        .xCheckReservedLock = check_lock,
                                        .xFileControl = control,
                                        .xSectorSize = sector_size,
                                        .xDeviceCharacteristics = characteristics,
                                        .xShmMap = shm_map,
                                        .xShmLock = shm_lock,
                                        .xShmBarrier = shm_barrier,
                                        .xShmUnmap = shm_unmap,
                                        .xFetch = nullptr,
                                        .xUnfetch = nullptr};
    auto* self = new (file) FaultFile{};
    auto* const system_vfs = sqlite3_vfs_find(nullptr);
    const int code = system_vfs->xOpen(system_vfs, name, real(file), flags, out_flags);
    if (code != SQLITE_OK) return code;
    self->system = static_cast<FaultFileSystem*>(vfs->pAppData);
    self->path = new std::string(name == nullptr ? "" : name);
    self->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    self->base.pMethods = &all;
    return code;
  }
};

FaultFileSystem::FaultFileSystem(std::string name)
    : name_(std::move(name)), vfs_(std::make_unique<sqlite3_vfs>(*sqlite3_vfs_find(nullptr))) {
  vfs_->szOsFile += static_cast<int>(sizeof(FaultFile));
  vfs_->pNext = nullptr;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->xOpen = FaultFile::open;
  sqlite3_vfs_register(vfs_.get(), 0);
}

FaultFileSystem::~FaultFileSystem() { sqlite3_vfs_unregister(vfs_.get()); }

std::optional<int> FaultFileSystem::trouble() {
  const bool strikes = strike && strike->operation == operations;
  ++operations;
  if (!strikes) return std::nullopt;
  if (strike->then) strike->then();
  return strike->result;
}

void FaultFileSystem::undo(const std::filesystem::path& path, const Replaced& replaced) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(replaced.offset);
  file.write(replaced.bytes.data(), static_cast<std::streamsize>(replaced.bytes.size()));
  file.close();
  std::filesystem::resize_file(path, static_cast<std::uintmax_t>(replaced.file_size));
}

namespace {

void copy_files(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::create_directories(to);
  for (const char* name : data_files) {
    if (std::filesystem::exists(from / name))
      std::filesystem::copy_file(from / name, to / name, std::filesystem::copy_options::overwrite_existing);
  }
}

}  // namespace

void FaultFileSystem::save_power_cut_image(const std::filesystem::path& from, const std::filesystem::path& to) const {
  copy_files(from, to);
  for (const char* name : data_files) {
    const auto unsynced = unsynced_.find((from / name).string());
    if (unsynced == unsynced_.end()) continue;
    for (auto replaced = unsynced->second.rbegin(); replaced != unsynced->second.rend(); ++replaced)
      undo(to / name, *replaced);
  }
}

bool FaultFileSystem::save_torn_image(const std::filesystem::path& from, const std::filesystem::path& to,
                                      Random& random) const {
  copy_files(from, to);
  bool torn = false;
  for (const char* name : data_files) {
    const auto unsynced = unsynced_.find((from / name).string());
    if (unsynced == unsynced_.end() || unsynced->second.empty()) continue;
    const auto& writes = unsynced->second;
    const std::size_t kept = random.below(writes.size());
    for (std::size_t i = writes.size() - 1; i > kept; --i) undo(to / name, writes[i]);
    // Of the first write that is lost its first half has happened.
    const Replaced& half = writes[kept];
    const auto size = static_cast<std::int64_t>(std::filesystem::file_size(to / name));
    const std::int64_t middle = half.offset + (size - half.offset) / 2;
    const bool truncation = size <= half.offset;  // all or nothing
    if (!truncation && half.offset >= half.file_size && middle > half.offset) {
      std::filesystem::resize_file(to / name, static_cast<std::uintmax_t>(middle));
      torn = true;
    } else if (!truncation && half.bytes.size() > 1) {
      Replaced second = half;
      second.offset += static_cast<std::int64_t>(half.bytes.size() / 2);
      second.bytes.erase(0, half.bytes.size() / 2);
      undo(to / name, second);
      torn = true;
    } else {
      undo(to / name, half);
    }
  }
  return torn;
}

}  // namespace syncwell::sqlite
