#include <boost/json.hpp>

#include "api/api.hpp"
#include "api/problem.hpp"
#include "engine/job_message.hpp"

namespace syncwell::api {

namespace json = boost::json;

namespace {

constexpr std::size_t dead_letters_per_page = 100;

// SUP-2: metadata only.
json::object describe(const queue::DeadLetter& letter) {
  json::object object{{"id", letter.id},
                      {"reason", letter.reason},
                      {"message", letter.message},
                      {"receiveCount", letter.receive_count},
                      {"sentAt", format_rfc3339(letter.sent)},
                      {"diedAt", format_rfc3339(letter.died)}};
  if (const auto job = engine::job_message_from_body(letter.body)) {
    object["jobId"] = job->job_id;
    object["syncConfigId"] = job->config_id;
    object["correlationId"] = job->correlation_id;
    object["attempts"] = job->failures + letter.receive_count;
  }
  return object;
}

}  // namespace

void Api::add_dead_letter_routes() {
  using enum Router::Access;
  router_.add("GET", "/admin/dlq", admin, [this](Call call) { return list_dead_letters(std::move(call)); });
  router_.add("POST", "/admin/dlq/redrive", admin,
              [this](Call call) { return redrive_all_dead_letters(std::move(call)); });
  router_.add("POST", "/admin/dlq/{id}/redrive", admin,
              [this](Call call) { return redrive_dead_letter(std::move(call)); });
  router_.add("DELETE", "/admin/dlq/{id}", admin, [this](Call call) { return purge_dead_letter(std::move(call)); });
}

Async<net::Response> Api::list_dead_letters(Call call) {
  auto letters =
      co_await services_.hot_queue.dead_letters(dead_letters_per_page, call.target.parameter("after").value_or(""));
  if (!letters) co_return problem(letters.error());
  json::array items;
  for (const auto& letter : *letters) items.push_back(describe(letter));
  json::object answer{{"deadLetters", std::move(items)}};
  if (letters->size() == dead_letters_per_page) answer["next"] = letters->back().id;
  co_return json_answer(200, answer);
}

Async<net::Response> Api::redrive_dead_letter(Call call) {
  auto redriven = co_await services_.hot_queue.redrive(call.path["id"]);
  if (!redriven) co_return problem(redriven.error());
  co_return json_answer(202, {{"redriven", 1}});
}

Async<net::Response> Api::redrive_all_dead_letters(Call) {
  auto redriven = co_await services_.hot_queue.redrive_all();
  if (!redriven) co_return problem(redriven.error());
  co_return json_answer(202, {{"redriven", *redriven}});
}

Async<net::Response> Api::purge_dead_letter(Call call) {
  auto purged = co_await services_.hot_queue.purge(call.path["id"]);
  if (!purged) co_return problem(purged.error());
  co_return net::Response{204};
}

}  // namespace syncwell::api
