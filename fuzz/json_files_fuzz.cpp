// A folder of canonical records through the provider. Input: one byte for the data type, then the lines of its file.
// What is there is read, changed in every way that the provider knows, and read again.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "fuzz/fetch.hpp"
#include "fuzz/input.hpp"
#include "fuzz/sample_record.hpp"
#include "fuzz/scripted_answers.hpp"
#include "fuzz/target.hpp"
#include "providers/json/json_provider.hpp"

namespace syncwell::fuzz {

using providers::WriteOp;

namespace {

// In memory where the system has such a place; gone with the process, unless that ends by a finding.
class ScratchFolder {
 public:
  ScratchFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto parent = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    path_ = parent / ("syncwell-fuzz-" + std::to_string(::getpid()));
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

bool holds(const std::vector<model::Record>& records, const std::string& id) {
  return std::ranges::any_of(records, [&](const model::Record& record) { return record.source_id == id; });
}

}  // namespace

void run(std::string_view bytes) {
  static const ScratchFolder scratch;
  constexpr auto all = model::all_data_types;
  Input input(bytes);
  const auto type = all.at(input.choice(all.size()));
  const auto file = scratch.path() / (std::string(model::name_of(type)) + ".jsonl");
  std::ofstream(file, std::ios::binary | std::ios::trunc) << input.rest();

  VirtualRuntime runtime;
  ScriptedAnswers nobody{Input("")};
  providers::json::JsonProvider provider;
  const providers::CallContext context{nobody, runtime, Deadline::after(runtime, std::chrono::minutes{5})};
  const providers::Account account{
      .connection_id = "connection", .location = scratch.path().string(), .provider_user_id = {}};
  const providers::FetchRequest request{.type = type, .range = {min_instant, max_instant + Duration{1}}};
  const auto before = fetch_all(provider, runtime, context, account, request, bytes);
  // Lines that cannot be read are left out; only a file without any sound line is no file of ours.
  if (before.error) require_error(*before.error, {ErrorCode::unreadable_input}, bytes);

  const model::Record record = sample_record(type);
  const std::string external_id = "swaaaaaaaaaaaaaaaaaaaaaaaaaa";
  std::vector<WriteOp> ops{{WriteOp::Kind::create, external_id, "", &record}};
  if (!before.records.empty()) {
    ops.push_back({WriteOp::Kind::update, external_id, before.records.front().source_id, &record});
    ops.push_back({WriteOp::Kind::erase, "", before.records.back().source_id, nullptr});
  }
  const auto pushed = runtime.run(provider.push(context, account, type, ops));
  require(pushed.outcomes.size() == ops.size(), "every operation has an outcome");
  for (const auto& outcome : pushed.outcomes) {
    if (!outcome) {
      require_error(outcome.error(),
                    {ErrorCode::not_found, ErrorCode::already_exists, ErrorCode::invalid_argument,
                     ErrorCode::unreadable_input, ErrorCode::too_large, ErrorCode::unsupported},
                    bytes);
    }
  }
  const auto after = fetch_all(provider, runtime, context, account, request, bytes);
  if (pushed.outcomes.front()) require_none(after.error, "a file that we wrote to can be read");
  if (ops.size() == 1 && pushed.outcomes.front() && !pushed.outcomes.front()->already_existed) {
    require(holds(after.records, external_id), "a record that was written is there");
  }
  if (ops.size() == 3 && pushed.outcomes.back() && before.records.back().source_id != external_id) {
    require(!holds(after.records, before.records.back().source_id), "a record that was erased is gone");
  }
  require(after.records.size() + 1 >= before.records.size(), "other records stay");
  require(nobody.request_count() == 0, "a folder is read without the network");
}

}  // namespace syncwell::fuzz
