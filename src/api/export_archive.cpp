#include "api/export_archive.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <boost/json.hpp>

#include "api/describe.hpp"

namespace syncwell::api {

namespace json = boost::json;

namespace {

constexpr std::string_view explanation =
    "This is everything that SyncWell holds about you.\n\n"
    "Your health data is not here, because SyncWell does not keep it: steps, workouts, sleep, weight and the like "
    "pass\n"
    "from one platform to the other and are never stored. To get them, use the export of the platforms themselves.\n\n"
    "account.json       your tier and settings\n"
    "connections.json   the accounts that you have connected; their tokens are sealed and not part of an export\n"
    "sync-configs.json  what travels from where to where, and how far it has come\n"
    "sync-jobs.json     the syncs of the last 30 days\n"
    "ledger.json        which record was written where and when: keyed digests and ids that nobody can read values "
    "from\n";

// A ZIP in memory.
class Zip {
 public:
  Zip() : archive_(archive_write_new()) {
    archive_write_set_format_zip(archive_);
    archive_write_open(archive_, this, nullptr, &Zip::take, nullptr);
  }
  ~Zip() { archive_write_free(archive_); }
  Zip(const Zip&) = delete;
  Zip& operator=(const Zip&) = delete;

  void add(const char* name, std::string_view content) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    good_ = good_ && archive_write_header(archive_, entry) == ARCHIVE_OK &&
            archive_write_data(archive_, content.data(), content.size()) == static_cast<la_ssize_t>(content.size());
    archive_entry_free(entry);
  }
  [[nodiscard]] Result<std::string> close() {
    good_ = archive_write_close(archive_) == ARCHIVE_OK && good_;
    if (!good_) return fail(ErrorCode::internal, "the archive could not be written");
    return std::move(bytes_);
  }

 private:
  static la_ssize_t take(archive*, void* self, const void* data, size_t size) {
    static_cast<Zip*>(self)->bytes_.append(static_cast<const char*>(data), size);
    return static_cast<la_ssize_t>(size);
  }
  archive* archive_;
  std::string bytes_;
  bool good_ = true;
};

json::object describe(const store::LedgerEntry& entry) {
  return {{"record", entry.source},
          {"destinationId", entry.destination_id},
          {"externalId", entry.external_id},
          {"syncedAt", format_rfc3339(entry.synced)}};
}

}  // namespace

Async<Result<std::string>> export_archive(store::Table& table, std::string user) {
  auto account = co_await store::Users(table).get(user);
  if (!account) co_return fail(std::move(account.error()));
  auto connections = co_await store::Connections(table).list(user);
  if (!connections) co_return fail(std::move(connections.error()));
  store::SyncConfigs all_configs(table);
  auto configs = co_await all_configs.list(user);
  if (!configs) co_return fail(std::move(configs.error()));

  json::array connection_list;
  for (const auto& connection : *connections) connection_list.push_back(describe(connection));
  json::array config_list;
  json::object ledger;
  std::size_t entries = 0;
  for (const auto& config : *configs) {
    auto progress = co_await all_configs.progress(config.id);
    if (!progress) co_return fail(std::move(progress.error()));
    config_list.push_back(describe(config, *progress));
    auto known = co_await store::Ledger(table).all(config.id);
    if (!known) co_return fail(std::move(known.error()));
    json::array list;
    for (const auto& entry : *known) {
      if (entries++ < max_exported_ledger_entries) list.push_back(describe(entry));
    }
    ledger[config.id] = std::move(list);
  }
  json::array job_list;
  std::optional<store::Key> after;
  do {
    auto page = co_await store::Jobs(table).list(user, store::max_query_page, after);
    if (!page) co_return fail(std::move(page.error()));
    for (const auto& job : page->jobs) job_list.push_back(describe(job));
    after = page->next;
  } while (after && job_list.size() < max_exported_jobs);

  Zip zip;
  zip.add("README.txt", explanation);
  zip.add("account.json", json::serialize(describe(*account)));
  zip.add("connections.json", json::serialize(connection_list));
  zip.add("sync-configs.json", json::serialize(config_list));
  zip.add("sync-jobs.json", json::serialize(job_list));
  zip.add("ledger.json", json::serialize(ledger));
  co_return zip.close();
}

}  // namespace syncwell::api
