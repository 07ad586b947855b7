#include "mounts.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace syncwell::crash {
namespace {

Result<void> outcome(int code, const std::string& doing) {
  if (code == 0) return {};
  const ErrorCode kind = errno == EPERM || errno == EACCES ? ErrorCode::unsupported : ErrorCode::internal;
  return fail(kind, fmt::format("{}: {}", doing, std::strerror(errno)));
}

// user_namespaces(7): this process's user is root in its new namespace.
Result<void> become_root_of_a_namespace() {
  const auto user = ::geteuid();
  const auto group = ::getegid();
  auto done = outcome(::unshare(CLONE_NEWUSER | CLONE_NEWNS), "no permission to mount");
  if (!done) return fail(ErrorCode::unsupported, done.error().message);
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream users("/proc/self/uid_map");
  std::ofstream groups("/proc/self/gid_map");
  users << fmt::format("0 {} 1\n", user) << std::flush;
  groups << fmt::format("0 {} 1\n", group) << std::flush;
  if (!users || !groups) return fail(ErrorCode::unsupported, "no permission to mount: no user namespace");
  return {};
}

}  // namespace

Result<void> enter_private_mounts() {
  if (::unshare(CLONE_NEWNS) != 0) {
    auto done = become_root_of_a_namespace();
    if (!done) return done;
  }
  auto done = outcome(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "no permission to mount");
  if (!done) return fail(ErrorCode::unsupported, done.error().message);
  return {};
}

Result<void> mount_memory(const std::filesystem::path& folder, std::uintmax_t bytes) {
  const std::string size = fmt::format("size={},mode=0700", bytes);
  return outcome(::mount("none", folder.c_str(), "tmpfs", 0, size.c_str()), "no permission to mount");
}

Result<void> set_read_only(const std::filesystem::path& folder, bool read_only) {
  const unsigned long flags = MS_REMOUNT | (read_only ? MS_RDONLY : 0UL);
  return outcome(::mount(nullptr, folder.c_str(), nullptr, flags, nullptr), "no permission to mount again");
}

Result<void> mount_file_read_only(const std::filesystem::path& file) {
  auto done = outcome(::mount(file.c_str(), file.c_str(), nullptr, MS_BIND, nullptr), "no permission to bind");
  if (!done) return done;
  return outcome(::mount(nullptr, file.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr),
                 "no permission to bind");
}

Result<void> unmount(const std::filesystem::path& path) {
  return outcome(::umount2(path.c_str(), 0), "cannot unmount " + path.string());
}

}  // namespace syncwell::crash
