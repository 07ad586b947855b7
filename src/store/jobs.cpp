#include "store/jobs.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "base/uuid.hpp"
#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

constexpr std::array status_names = {"accepted",  "queued",       "running",       "delayed",  "retrying",
                                     "succeeded", "needs_reauth", "dead_lettered", "cancelled"};

using Count = std::int64_t JobCounts::*;
constexpr std::array<std::pair<const char*, Count>, 8> count_names = {{{"read", &JobCounts::read},
                                                                       {"written", &JobCounts::written},
                                                                       {"deleted", &JobCounts::deleted},
                                                                       {"unchanged", &JobCounts::unchanged},
                                                                       {"skipped", &JobCounts::skipped},
                                                                       {"conflicts", &JobCounts::conflicts},
                                                                       {"failed", &JobCounts::failed},
                                                                       {"warnings", &JobCounts::warnings}}};

using Text = std::string Job::*;
constexpr std::array<std::pair<const char*, Text>, 8> text_names = {{{"user", &Job::user},
                                                                     {"config", &Job::config_id},
                                                                     {"type", &Job::data_type},
                                                                     {"correlation", &Job::correlation_id},
                                                                     {"request", &Job::request_digest},
                                                                     {"error_code", &Job::error_code},
                                                                     {"error_message", &Job::error_message},
                                                                     {"cause", &Job::cause}}};

bool is_quiet(const Job& job) {
  return job.cause == scheduled_job && job.status == JobStatus::succeeded && job.counts.written == 0 &&
         job.counts.deleted == 0 && job.counts.conflicts == 0 && job.counts.warnings == 0;
}

boost::json::array failures_of(const Job& job) {
  boost::json::array list;
  for (const auto& failure : job.failures) {
    boost::json::object entry{{"outcome", name_of(failure.outcome)}, {"code", failure.error_code}};
    set_instant(entry, "at", failure.at);
    set_instant(entry, "last", failure.last);
    if (!failure.provider.empty()) entry["provider"] = failure.provider;
    if (failure.http_status != 0) entry["status"] = failure.http_status;
    if (failure.count != 1) entry["count"] = failure.count;
    list.push_back(std::move(entry));
  }
  return list;
}

std::vector<JobFailure> failures_from(const boost::json::object& attributes) {
  std::vector<JobFailure> failures;
  const auto* list = attributes.if_contains("failures");
  if (list == nullptr || !list->is_array()) return failures;
  for (const auto& each : list->get_array()) {
    if (!each.is_object()) continue;
    const auto& entry = each.get_object();
    JobFailure failure;
    failure.at = instant_attribute(entry, "at").value_or(Instant{});
    failure.last = instant_attribute(entry, "last").value_or(failure.at);
    failure.outcome = parse_job_status(text_attribute(entry, "outcome"));
    failure.error_code = text_attribute(entry, "code");
    failure.provider = text_attribute(entry, "provider");
    failure.http_status = static_cast<int>(number_attribute(entry, "status"));
    failure.count = std::max(1, static_cast<int>(number_attribute(entry, "count")));
    failures.push_back(std::move(failure));
  }
  return failures;
}

Item item_of(const Job& job) {
  Item item{Jobs::key_of(job.id)};
  // What is empty or zero is left out: a record is small most of its life.
  for (const auto& [name, member] : text_names) {
    if (!(job.*member).empty()) item.attributes[name] = job.*member;
  }
  for (const auto& [name, member] : count_names) {
    if (job.counts.*member != 0) item.attributes[name] = job.counts.*member;
  }
  item.attributes["status"] = name_of(job.status);
  item.attributes["attempts"] = job.attempts;
  item.attributes["duplicate"] = job.duplicate ? 1 : 0;
  item.attributes["partial"] = job.partial ? 1 : 0;
  if (job.first) item.attributes["first"] = 1;
  if (!job.failures.empty()) item.attributes["failures"] = failures_of(job);
  set_instant(item.attributes, "created", job.created);
  set_instant(item.attributes, "updated", job.updated);
  set_instant(item.attributes, "window_from", job.window_from);
  set_instant(item.attributes, "window_until", job.window_until);
  item.expires_at = is_quiet(job) ? job.updated + quiet_job_record_lifetime : job.created + job_record_lifetime;
  // Newest first: the sort key counts down.
  const auto age_rank = (max_instant - job.created).count();
  item.indexes.push_back({std::string(jobs_by_user_index), job.user, fmt::format("{:016}#{}", age_rank, job.id)});
  return item;
}

}  // namespace

std::string_view name_of(JobStatus status) noexcept { return status_names[static_cast<std::size_t>(status)]; }

JobStatus parse_job_status(std::string_view name) noexcept {
  for (std::size_t i = 0; i < status_names.size(); ++i) {
    if (name == status_names[i]) return static_cast<JobStatus>(i);
  }
  return JobStatus::accepted;
}

Key Jobs::key_of(const std::string& id) { return {"job#" + id, "job"}; }

Job Jobs::from(const Item& item) {
  Job job;
  job.id = item.key.partition.substr(key_of("").partition.size());
  for (const auto& [name, member] : text_names) job.*member = text_attribute(item.attributes, name);
  for (const auto& [name, member] : count_names) job.counts.*member = number_attribute(item.attributes, name);
  job.status = parse_job_status(text_attribute(item.attributes, "status"));
  job.attempts = static_cast<int>(number_attribute(item.attributes, "attempts"));
  job.duplicate = number_attribute(item.attributes, "duplicate") != 0;
  job.partial = number_attribute(item.attributes, "partial") != 0;
  job.first = number_attribute(item.attributes, "first") != 0;
  job.created = instant_attribute(item.attributes, "created").value_or(Instant{});
  job.updated = instant_attribute(item.attributes, "updated").value_or(Instant{});
  job.window_from = instant_attribute(item.attributes, "window_from");
  job.window_until = instant_attribute(item.attributes, "window_until");
  job.failures = failures_from(item.attributes);
  job.version = item.version;
  return job;
}

void note_failure(Job& job, JobFailure failure) {
  if (!job.failures.empty()) {
    auto& latest = job.failures.back();
    if (latest.outcome == failure.outcome && latest.error_code == failure.error_code &&
        latest.provider == failure.provider && latest.http_status == failure.http_status) {
      latest.last = failure.last;
      latest.count += failure.count;
      return;
    }
  }
  job.failures.push_back(std::move(failure));
  if (job.failures.size() > max_job_failures) job.failures.erase(job.failures.begin() + 1);
}

std::optional<Instant> first_failure(const Job& job) {
  const auto failed =
      std::ranges::find_if(job.failures, [](const JobFailure& each) { return each.outcome != JobStatus::delayed; });
  if (failed == job.failures.end()) return std::nullopt;
  return failed->at;
}

std::string Jobs::id_of(const std::string& key) { return "job_" + uuid_from_digest(key); }

Write Jobs::begin(const Job& job) {
  const auto condition = job.version == 0 ? Condition::absent() : Condition::version_is(job.version);
  return {Write::Kind::put, item_of(job), condition};
}

Write Jobs::end(const Job& job) { return {Write::Kind::put, item_of(job), Condition::none()}; }

Async<Result<std::optional<Job>>> Jobs::get(std::string id) {
  auto item = co_await table_.get(key_of(id));
  if (!item) co_return fail(std::move(item.error()));
  if (!*item) co_return std::nullopt;
  co_return from(**item);
}

Async<Result<Jobs::Page>> Jobs::list(std::string user, std::size_t limit, std::optional<Key> after) {
  auto page = co_await table_.query_index(std::string(jobs_by_user_index), user, "", std::min(limit, max_query_page),
                                          std::move(after));
  if (!page) co_return fail(std::move(page.error()));
  Page result{{}, std::move(page->next)};
  result.jobs.reserve(page->items.size());
  for (const Item& item : page->items) result.jobs.push_back(from(item));
  co_return result;
}

Async<Result<void>> Jobs::add(Job job) {
  auto version = co_await table_.put(item_of(job), Condition::absent());
  if (version) co_return Result<void>{};
  if (version.error().code == ErrorCode::version_conflict) {
    co_return fail(ErrorCode::already_exists, "a job with this id exists already");
  }
  co_return fail(std::move(version.error()));
}

Async<Result<void>> Jobs::update(Job job) {
  auto version = co_await table_.put(item_of(job), Condition::version_is(job.version));
  if (!version) co_return fail(std::move(version.error()));
  co_return Result<void>{};
}

}  // namespace syncwell::store
