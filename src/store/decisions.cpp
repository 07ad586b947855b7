#include "store/decisions.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

#include "store/attributes.hpp"
#include "store/jobs.hpp"

namespace syncwell::store {

namespace json = boost::json;

namespace {

constexpr std::string_view sort_prefix = "decisions#";

Key item_key(const std::string& job_id, std::size_t number) {
  return {Jobs::key_of(job_id).partition, fmt::format("{}{:04}", sort_prefix, number)};
}

std::string text_at(const json::array& row, std::size_t index) {
  const auto* text = index < row.size() ? row[index].if_string() : nullptr;
  return text == nullptr ? "" : std::string(*text);
}

}  // namespace

Async<Result<void>> Decisions::put(std::string job_id, std::vector<Decision> decisions, Instant now) {
  const bool truncated = decisions.size() > max_kept_decisions;
  if (truncated) decisions.resize(max_kept_decisions);
  for (std::size_t begin = 0, number = 0; begin < decisions.size(); begin += decisions_per_item, ++number) {
    Item item{item_key(job_id, number)};
    json::array rows;
    for (std::size_t i = begin; i < std::min(decisions.size(), begin + decisions_per_item); ++i) {
      auto& decision = decisions[i];
      rows.push_back(
          json::array{decision.record_id.substr(0, max_kept_record_id_bytes), decision.action, decision.reason});
    }
    item.attributes["rows"] = std::move(rows);
    item.attributes["truncated"] = truncated ? 1 : 0;
    item.expires_at = now + decisions_lifetime;
    auto written = co_await table_.put(std::move(item));
    if (!written) co_return fail(std::move(written.error()));
  }
  co_return Result<void>{};
}

Async<Result<Decisions::Page>> Decisions::list(std::string job_id, std::optional<Key> after) {
  auto found = co_await table_.query(Jobs::key_of(job_id).partition, std::string(sort_prefix), 1, std::move(after));
  if (!found) co_return fail(std::move(found.error()));
  Page page{{}, false, std::move(found->next)};
  for (const Item& item : found->items) {
    page.truncated = number_attribute(item.attributes, "truncated") != 0;
    const auto* rows = item.attributes.if_contains("rows");
    if (rows == nullptr || !rows->is_array()) continue;
    for (const auto& row : rows->get_array()) {
      if (!row.is_array()) continue;
      page.decisions.push_back({text_at(row.get_array(), 0), text_at(row.get_array(), 1), text_at(row.get_array(), 2)});
    }
  }
  co_return page;
}

}  // namespace syncwell::store
