#include "providers/google_health/point_push.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "providers/google_health/point_reader.hpp"
#include "providers/google_health/point_writer.hpp"
#include "providers/json_access.hpp"
#include "providers/outcome.hpp"

namespace syncwell::providers::google_health {
namespace {

constexpr std::string_view key = "google_health";
constexpr int already_exists = 409;
constexpr int not_found = 404;

// google.rpc.Code → the HTTP status that says what to do about it. As in google/rpc/code.proto, but for CANCELLED and
// ABORTED, which are worth another try (there 499 and 409).
int http_status_of(std::int64_t rpc_code) {
  constexpr std::array statuses = {200, 500, 500, 400, 504, 404, 409, 403, 429, 400, 503, 400, 501, 500, 503, 500, 401};
  if (rpc_code >= 0 && rpc_code < static_cast<std::int64_t>(statuses.size())) {
    return statuses[static_cast<std::size_t>(rpc_code)];
  }
  return rpc_code >= 400 && rpc_code < 600 ? static_cast<int>(rpc_code) : 500;
}

// What one write came to: the status of the answer, or of the operation that the answer describes.
struct Written {
  int status = 0;
  std::string point_id;               // as the answer names it; empty where it does not
  std::map<std::size_t, int> failed;  // batchDelete: index of a name → status
  Error error;                        // for a status other than 2xx

  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

Error error_of(const net::Response& response, int status, Instant now) {
  net::Response as_status = response;
  as_status.status = status;
  return classify(as_status, key, now);
}

Result<Written> read_written(const net::Response& response, Instant now) {
  Written written;
  written.status = response.status;
  if (!written.ok()) {
    written.error = error_of(response, response.status, now);
    return written;
  }
  const auto operation = parse_json_object(response, key);
  if (!operation) return fail(operation.error());
  if (const auto error = object_field(*operation, "error"); error.present()) {
    written.status = http_status_of(integer_field(*error.value, "code").value);
    if (!written.ok()) written.error = error_of(response, written.status, now);
  }
  if (const auto answer = object_field(*operation, "response"); answer.present()) {
    written.point_id = id_in_name(text_field(*answer.value, "name").value);
  }
  const auto metadata = object_field(*operation, "metadata");
  const auto failed = metadata.present() ? object_field(*metadata.value, "failedRequests") : metadata;
  if (failed.present()) {
    for (const auto& [index_text, status] : *failed.value) {
      const auto* object = status.if_object();
      const auto index = number_of(boost::json::value(index_text));
      if (object == nullptr || !index.present() || index.value < 0 || index.value > 10000) continue;
      written.failed[static_cast<std::size_t>(index.value)] = http_status_of(integer_field(*object, "code").value);
    }
  }
  return written;
}

Async<Result<Written>> write(CallContext context, std::string method, std::string url, std::string body) {
  net::Request request{std::move(method), std::move(url), {{"Accept", "application/json"}}, std::move(body)};
  request.headers.set("Content-Type", "application/json");
  auto response = co_await context.http.send(std::move(request), context.deadline);
  if (!response) co_return fail(std::move(response.error()));
  co_return read_written(*response, context.runtime.now());
}

std::string collection_url(const std::string& api_base, const TypeRow& row) {
  return fmt::format("{}/v4/users/me/dataTypes/{}/dataPoints", api_base, row.collection);
}

std::string point_url(const std::string& api_base, const TypeRow& row, const std::string& id) {
  return collection_url(api_base, row) + "/" + net::percent_encode(id);
}

WriteDone done(const Written& written, const std::string& id, bool already_existed) {
  return {written.point_id.empty() ? id : written.point_id, already_existed};
}

// The id is taken when an earlier try got through without our hearing of it, or when the record was written before and
// has changed since: in both cases the point is ours and is brought to the record's content.
Async<Result<WriteDone>> create(CallContext context, std::string api_base, const TypeRow& row, const WriteOp& op) {
  const std::string body = write_point(row, *op.record, op.external_id);
  auto created = co_await write(context, "POST", collection_url(api_base, row), body);
  if (!created) co_return fail(std::move(created.error()));
  if (created->ok()) co_return done(*created, op.external_id, false);
  if (created->status != already_exists) co_return fail(std::move(created->error));
  auto patched = co_await write(context, "PATCH", point_url(api_base, row, op.external_id), body);
  if (!patched) co_return fail(std::move(patched.error()));
  if (patched->status == not_found) {
    // Taken and yet not there: a deletion that is still under way.
    Error error = std::move(patched->error);
    error.code = ErrorCode::provider_failed;
    co_return fail(std::move(error));
  }
  if (!patched->ok()) co_return fail(std::move(patched->error));
  co_return done(*patched, op.external_id, true);
}

// A point that somebody deleted meanwhile is created anew.
Async<Result<WriteDone>> update(CallContext context, std::string api_base, const TypeRow& row, const WriteOp& op) {
  const std::string body = write_point(row, *op.record, op.destination_id);
  auto patched = co_await write(context, "PATCH", point_url(api_base, row, op.destination_id), body);
  if (!patched) co_return fail(std::move(patched.error()));
  if (patched->ok()) co_return done(*patched, op.destination_id, false);
  if (patched->status != not_found) co_return fail(std::move(patched->error));
  WriteOp anew = op;
  if (anew.external_id.empty()) anew.external_id = op.destination_id;
  co_return co_await create(context, std::move(api_base), row, anew);
}

// One batchDelete. A record that is gone already is deleted as wished.
Async<std::vector<Result<WriteDone>>> erase_batch(CallContext context, std::string api_base, const TypeRow& row,
                                                  std::span<const WriteOp> ops) {
  boost::json::array names;
  for (const WriteOp& op : ops) names.push_back(boost::json::value(point_name(row, op.destination_id)));
  const std::string body = boost::json::serialize(boost::json::object{{"names", std::move(names)}});
  auto erased = co_await write(context, "POST", collection_url(api_base, row) + ":batchDelete", body);
  std::vector<Result<WriteDone>> outcomes;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const auto failed = erased ? erased->failed.find(i) : std::map<std::size_t, int>::iterator{};
    if (!erased) {
      outcomes.push_back(fail(erased.error()));
    } else if (erased->ok() && failed != erased->failed.end() && failed->second != not_found) {
      outcomes.push_back(fail(classify(net::Response{failed->second, {}, {}}, key, context.runtime.now())));
    } else if (erased->ok() || (erased->status == not_found && ops.size() == 1)) {
      outcomes.push_back(WriteDone{ops[i].destination_id, false});
    } else {
      outcomes.push_back(fail(erased->error));
    }
  }
  co_return outcomes;
}

// A batch is refused as a whole when one of its names is unknown or not ours: then each is tried alone, so that every
// record gets its own outcome.
Async<std::vector<Result<WriteDone>>> erase(CallContext context, std::string api_base, const TypeRow& row,
                                            std::span<const WriteOp> ops) {
  auto outcomes = co_await erase_batch(context, api_base, row, ops);
  const bool refused = std::ranges::all_of(
      outcomes, [](const auto& outcome) { return !outcome.has_value() && !concerns_the_whole_call(outcome.error()); });
  if (!refused || ops.size() == 1) co_return outcomes;
  outcomes.clear();
  for (std::size_t i = 0; i < ops.size(); ++i) {
    auto single = co_await erase_batch(context, api_base, row, ops.subspan(i, 1));
    outcomes.push_back(std::move(single.front()));
    if (!outcomes.back() && concerns_the_whole_call(outcomes.back().error())) break;
  }
  co_return outcomes;
}

std::optional<Error> why_unusable(const TypeRow& row, const WriteOp& op) {
  const bool needs_record = op.kind != WriteOp::Kind::erase;
  if (needs_record && (op.record == nullptr || op.record->type != row.type)) {
    return Error{ErrorCode::invalid_argument, "google_health: the operation has no record of the type to write"};
  }
  if (op.kind == WriteOp::Kind::create && op.external_id.empty()) {
    return Error{ErrorCode::invalid_argument, "google_health: the operation has no external id"};
  }
  if (op.kind != WriteOp::Kind::create && op.destination_id.empty()) {
    return Error{ErrorCode::invalid_argument, "google_health: the operation does not name the record to change"};
  }
  return std::nullopt;
}

// The operations that one call can carry out together: neighbouring deletions.
std::size_t group_size(const TypeRow& row, std::span<const WriteOp> ops) {
  std::size_t size = 0;
  while (size < ops.size() && ops[size].kind == WriteOp::Kind::erase && !why_unusable(row, ops[size])) ++size;
  return std::max<std::size_t>(size, 1);
}

Async<Result<WriteDone>> write_one(CallContext context, std::string api_base, const TypeRow& row, const WriteOp& op) {
  if (auto reason = why_unusable(row, op)) co_return fail(std::move(*reason));
  if (op.kind == WriteOp::Kind::create) co_return co_await create(context, std::move(api_base), row, op);
  co_return co_await update(context, std::move(api_base), row, op);
}

}  // namespace

Async<PushResult> push_points(CallContext context, std::string api_base, const TypeRow& row,
                              std::span<const WriteOp> ops) {
  PushResult result;
  std::optional<Error> stopped;
  while (result.outcomes.size() < ops.size() && !stopped) {
    const auto rest = ops.subspan(result.outcomes.size());
    if (rest.front().kind == WriteOp::Kind::erase && !why_unusable(row, rest.front())) {
      auto outcomes = co_await erase(context, api_base, row, rest.first(group_size(row, rest)));
      std::ranges::move(outcomes, std::back_inserter(result.outcomes));
    } else {
      result.outcomes.push_back(co_await write_one(context, api_base, row, rest.front()));
    }
    const auto& latest = result.outcomes.back();
    if (!latest && concerns_the_whole_call(latest.error())) stopped = latest.error();
  }
  while (result.outcomes.size() < ops.size()) result.outcomes.push_back(fail(*stopped));
  co_return result;
}

}  // namespace syncwell::providers::google_health
