// Apple Health exports through the provider. Input: one byte for the data type, then an export.zip or export.xml: the
// provider tells them apart by their content. The file is in memory only.
#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

#include "fuzz/fetch.hpp"
#include "fuzz/input.hpp"
#include "fuzz/scripted_answers.hpp"
#include "fuzz/target.hpp"
#include "providers/apple_health/apple_health_provider.hpp"

namespace syncwell::fuzz {
namespace {

// A file that exists in this process only.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("export", MFD_CLOEXEC)) {
    require(descriptor_ >= 0, "there is a file in memory");
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  void set(std::string_view content) const {
    const bool written = ::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, content.data(), content.size(), 0) ==
                                                                 static_cast<ssize_t>(content.size());
    require(written, "the file in memory can be written");
  }
  [[nodiscard]] std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

 private:
  int descriptor_;
};

}  // namespace

void run(std::string_view bytes) {
  static const MemoryFile file;
  static const auto provider = providers::apple_health::make_apple_health_provider();
  Input input(bytes);
  const auto& types = provider->capabilities().types;
  const auto type = types[input.choice(types.size())].type;
  file.set(input.rest());

  VirtualRuntime runtime;
  ScriptedAnswers nobody{Input("")};
  const providers::CallContext context{nobody, runtime, Deadline::after(runtime, std::chrono::minutes{5})};
  const providers::Account account{.connection_id = "connection", .location = file.path(), .provider_user_id = {}};
  const providers::FetchRequest request{.type = type, .range = {min_instant, max_instant}};
  const auto first = fetch_all(*provider, runtime, context, account, request, bytes);
  if (first.error) {
    require_error(*first.error, {ErrorCode::unreadable_input, ErrorCode::not_found, ErrorCode::too_large}, bytes);
  }
  require(nobody.request_count() == 0, "a file is read without the network");
  if (first.records.empty()) return;
  const auto second = fetch_all(*provider, runtime, context, account, request, bytes);
  require(first.records == second.records, "the same export gives the same records, with the same ids");
}

}  // namespace syncwell::fuzz
