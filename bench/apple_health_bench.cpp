// Reading an Apple Health export of 1 GiB (SYNCWELL_BENCH_BYTES): a type of which there are many records, and one of
// which there are few, where nearly all of the work is finding out that a record is of no interest.
#include <expat.h>
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <fstream>
#include <memory>

#include "base/cancellation.hpp"
#include "base/io_runtime.hpp"
#include "benchmarks.hpp"
#include "measuring.hpp"
#include "providers/apple_health/apple_health_provider.hpp"
#include "providers/apple_health/export_generator.hpp"
#include "raw_limits.hpp"

namespace syncwell::bench {
namespace {

constexpr std::uint64_t default_bytes = 1024ULL * 1024 * 1024;
constexpr double target_mb_s = 150;
constexpr double target_resident_mib = 64;
constexpr std::size_t expat_read_bytes = 256 * 1024;

class NoHttp final : public net::HttpClient {
 public:
  [[nodiscard]] Async<Result<net::Response>> send(net::Request, Deadline) override {
    co_return fail(ErrorCode::internal, "an export needs no network");
  }
};

Async<Result<std::uint64_t>> count_records(providers::RecordStream& stream) {
  std::uint64_t count = 0;
  for (bool last = false; !last;) {
    auto page = co_await stream.next();
    if (!page) co_return fail(std::move(page.error()));
    if (page->partial)
      co_return fail(ErrorCode::unreadable_input, "the provider took the generated export for damaged");
    count += page->records.size();
    last = page->last;
  }
  co_return count;
}

// Seconds, processor seconds, records.
Result<std::vector<double>> read_through_provider(const std::filesystem::path& file, model::DataType type) {
  boost::asio::io_context context(1);
  IoRuntime runtime(context);
  NoHttp http;
  const auto provider = providers::apple_health::make_apple_health_provider();
  const double processor_before_s = processor_seconds();
  const Stopwatch watch;
  auto stream = provider->fetch({http, runtime, Deadline::after(runtime, std::chrono::hours{24})},
                                {.connection_id = {}, .location = file.string(), .provider_user_id = {}},
                                {type, {min_instant, max_instant}});
  if (!stream) return fail(std::move(stream.error()));
  Result<std::uint64_t> count = 0;
  boost::asio::co_spawn(context, without_cancellation_exceptions(count_records(**stream)),
                        [&count](const std::exception_ptr& error, Result<std::uint64_t> counted) {
                          if (error) std::rethrow_exception(error);
                          count = std::move(counted);
                        });
  context.run();
  if (!count) return fail(std::move(count.error()));
  return std::vector{watch.seconds(), processor_seconds() - processor_before_s, static_cast<double>(*count)};
}

void ignore_start(void*, const XML_Char*, const XML_Char**) {}
void ignore_end(void*, const XML_Char*) {}
void ignore_text(void*, const XML_Char*, int) {}

Result<RawLimit> expat_limit(const std::filesystem::path& file, std::uint64_t bytes) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr), XML_ParserFree);
  XML_SetElementHandler(parser.get(), ignore_start, ignore_end);
  XML_SetCharacterDataHandler(parser.get(), ignore_text);
  std::ifstream input(file, std::ios::binary);
  const Stopwatch watch;
  for (bool last = false; !last;) {
    void* buffer = XML_GetBuffer(parser.get(), static_cast<int>(expat_read_bytes));
    input.read(static_cast<char*>(buffer), expat_read_bytes);
    last = input.gcount() < static_cast<std::streamsize>(expat_read_bytes);
    if (XML_ParseBuffer(parser.get(), static_cast<int>(input.gcount()), last ? 1 : 0) != XML_STATUS_OK) {
      return fail(ErrorCode::unreadable_input, "expat cannot read the generated export");
    }
  }
  return RawLimit{"expat alone", static_cast<double>(bytes) / 1e6 / watch.seconds(), "MB/s"};
}

Result<void> measure_type(Report& report, const std::filesystem::path& file, std::uint64_t bytes, model::DataType type,
                          std::uint64_t expected_records, const std::vector<RawLimit>& limits) {
  auto outcome = in_child_process([&] { return read_through_provider(file, type); });
  if (!outcome) return fail(std::move(outcome.error()));
  const double read_s = outcome->numbers.at(0);
  const double processor_s = outcome->numbers.at(1);
  if (outcome->numbers.at(2) != static_cast<double>(expected_records)) {
    return fail(ErrorCode::internal,
                fmt::format("{} records were written and {} read", expected_records, outcome->numbers.at(2)));
  }
  const double megabytes = static_cast<double>(bytes) / 1e6;
  const std::string name(model::name_of(type));
  report.add({"read " + name, megabytes / read_s, "MB/s", Better::higher, target_mb_s, limits});
  report.add({"read " + name + ", per processor time", megabytes / processor_s, "MB/s", Better::higher});
  report.add({"peak memory, " + name, outcome->peak_resident_mib, "MiB", Better::lower, target_resident_mib});
  return {};
}

}  // namespace

Result<void> measure_apple_health(Report& report) {
  using providers::apple_health::ExportGenerator;
  const std::uint64_t bytes = number_from_environment("SYNCWELL_BENCH_BYTES", default_bytes);
  const ScratchFolder folder;
  const auto file = folder.path() / "export.xml";
  std::ofstream output(file, std::ios::binary);
  const ExportGenerator::Written written =
      ExportGenerator(1).write(bytes, [&](std::string_view day) { output << day; });
  output.close();
  if (!output) return fail(ErrorCode::storage_full, "cannot write the export; is there space for it?");
  report.begin("apple_health", fmt::format("an export of {:.0f} MiB, {} heart rates, {} workouts",
                                           static_cast<double>(written.bytes) / (1024 * 1024),
                                           written.heart_rate_records, written.workouts));
  // First what is measured in children: their memory begins with what this process holds.
  auto expat = expat_limit(file, written.bytes);
  if (!expat) return fail(std::move(expat.error()));
  auto copying = in_child_process([] { return Result<std::vector<double>>({copy_limit().value}); });
  if (!copying) return fail(std::move(copying.error()));
  const std::vector<RawLimit> limits{*expat, {"memcpy", copying->numbers.at(0), "MB/s"}};
  auto measured =
      measure_type(report, file, written.bytes, model::DataType::heart_rate, written.heart_rate_records, limits);
  if (!measured) return measured;
  return measure_type(report, file, written.bytes, model::DataType::workout, written.workouts, limits);
}

}  // namespace syncwell::bench
