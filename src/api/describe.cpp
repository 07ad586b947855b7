#include "api/describe.hpp"

#include <boost/json.hpp>

#include "base/error.hpp"

namespace syncwell::api {

namespace json = boost::json;

json::object describe(const store::User& user) {
  json::object object{{"id", std::string(user_id_prefix) + user.key},
                      {"tier", name_of(user.tier)},
                      {"paused", user.paused},
                      {"timeZone", user.time_zone},
                      {"locale", user.locale},
                      {"hasContactEmail", !user.contact_pointer.empty()},
                      {"contactOptOut", user.contact_opt_out},
                      {"version", user.version}};
  if (user.version != 0) object["createdAt"] = format_rfc3339(user.created);
  return object;
}

json::object describe(const store::Connection& connection) {
  return {{"id", connection.id},
          {"provider", connection.provider},
          {"status", store::name_of(connection.status)},
          {"createdAt", format_rfc3339(connection.created)}};
}

json::object describe(const store::SyncConfig& config, const store::SyncProgress& progress) {
  json::object object{{"id", config.id},
                      {"sourceConnectionId", config.source_connection},
                      {"destinationConnectionId", config.destination_connection},
                      {"dataType", model::name_of(config.data_type)},
                      {"conflictResolutionStrategy", config.strategy},
                      {"readingConsent", config.reading_opt_in},
                      {"version", config.version},
                      {"createdAt", format_rfc3339(config.created)}};
  if (config.since) object["since"] = format_rfc3339(*config.since);
  if (config.until) object["until"] = format_rfc3339(*config.until);
  if (config.paused) object["paused"] = true;
  if (config.poll_interval) object["pollIntervalMinutes"] = *config.poll_interval / std::chrono::minutes{1};
  if (progress.last_sync_time) object["lastSyncTime"] = format_rfc3339(*progress.last_sync_time);
  return object;
}

json::object describe(const store::JobCounts& counts) {
  return {{"read", counts.read},           {"written", counts.written},  {"deleted", counts.deleted},
          {"unchanged", counts.unchanged}, {"skipped", counts.skipped},  {"conflicts", counts.conflicts},
          {"failed", counts.failed},       {"warnings", counts.warnings}};
}

json::object describe(const store::Job& job) {
  json::object object{{"id", job.id},
                      {"syncConfigId", job.config_id},
                      {"dataType", job.data_type},
                      {"status", store::name_of(job.status)},
                      {"attempts", job.attempts},
                      {"partial", job.partial},
                      {"correlationId", job.correlation_id},
                      {"createdAt", format_rfc3339(job.created)},
                      {"updatedAt", format_rfc3339(job.updated)}};
  object["counts"] = describe(job.counts);
  if (!job.cause.empty()) object["cause"] = job.cause;
  if (job.window_from) object["windowFrom"] = format_rfc3339(*job.window_from);
  if (job.window_until) object["windowUntil"] = format_rfc3339(*job.window_until);
  if (!job.error_code.empty()) {
    json::object error{{"code", job.error_code}, {"message", job.error_message}};
    if (const auto* entry = find_error(job.error_code)) {
      error["meaning"] = entry->meaning;
      error["advice"] = entry->advice;
    }
    object["error"] = std::move(error);
  }
  return object;
}

}  // namespace syncwell::api
