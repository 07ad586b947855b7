#include "providers/apple_health/export_location.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/apple_health/fetched_export.hpp"

namespace syncwell::providers::apple_health {
namespace {

using model::DataType;
using ::testing::HasSubstr;

struct Entry {
  std::string name;
  std::string content;
};

std::filesystem::path write_zip(const std::filesystem::path& path, const std::vector<Entry>& entries,
                                const char* options = "compression=deflate") {
  archive* zip = archive_write_new();
  archive_write_set_format_zip(zip);
  EXPECT_EQ(archive_write_set_options(zip, options), ARCHIVE_OK) << archive_error_string(zip);
  EXPECT_EQ(archive_write_open_filename(zip, path.c_str()), ARCHIVE_OK);
  for (const auto& entry : entries) {
    archive_entry* header = archive_entry_new();
    archive_entry_set_pathname_utf8(header, entry.name.c_str());
    archive_entry_set_filetype(header, AE_IFREG);
    archive_entry_set_perm(header, 0644);
    archive_entry_set_size(header, static_cast<la_int64_t>(entry.content.size()));
    EXPECT_GE(archive_write_header(zip, header), ARCHIVE_WARN);
    EXPECT_EQ(archive_write_data(zip, entry.content.data(), entry.content.size()),
              static_cast<la_ssize_t>(entry.content.size()));
    archive_entry_free(header);
  }
  archive_write_close(zip);
  archive_write_free(zip);
  return path;
}

std::string export_text() { return read_test_file(sample("authored_ios18_new_york_dst_end.xml")); }

std::vector<Entry> phone_entries() {
  return {{"apple_health_export/export_cda.xml", "<?xml version=\"1.0\"?><ClinicalDocument/><ClinicalDocument/>"},
          {"apple_health_export/workout-routes/other.gpx", "<gpx/>"},
          {"apple_health_export/Exportieren.xml", export_text()},
          {"apple_health_export/clinical-records/a.json", "{}"},
          {"apple_health_export/workout-routes/route_2025-11-02_9.40am.gpx",
           read_test_file(sample("workout-routes/route_2025-11-02_9.40am.gpx"))}};
}

// The file is known by its root, not by its name (localised phones).
TEST(ExportLocation, FindsTheExportAndItsRoutesInAZipArchive) {
  const TemporaryFolder folder;
  for (const char* options : {"compression=deflate", "compression=store", "zip64"}) {
    const auto zip = write_zip(folder.path() / "export.zip", phone_entries(), options);
    const auto plain = fetch_export(sample("authored_ios18_new_york_dst_end.xml"), DataType::workout);
    const auto packed = fetch_export(zip, DataType::workout);
    ASSERT_FALSE(packed.error) << packed.error->message;
    EXPECT_TRUE(packed.warnings.empty());
    EXPECT_EQ(packed.records, plain.records);
    EXPECT_EQ(std::get<model::Workout>(packed.records.at(0).payload).route.size(), 900U);
    EXPECT_EQ(fetch_export(zip, DataType::heart_rate).records,
              fetch_export(sample("authored_ios18_new_york_dst_end.xml"), DataType::heart_rate).records);
  }
}

TEST(ExportLocation, SalvagesATruncatedZipArchive) {
  const TemporaryFolder folder;
  const auto zip = write_zip(folder.path() / "export.zip", phone_entries());
  const std::string bytes = read_test_file(zip);
  const auto whole = fetch_export(zip, DataType::heart_rate);
  std::size_t salvaged = 0;
  for (std::size_t part = 0; part < 40; ++part) {
    const auto cut =
        fetch_export(folder.write("cut.zip", bytes.substr(0, bytes.size() * part / 40)), DataType::heart_rate);
    if (cut.error) {
      EXPECT_EQ(cut.error->code, ErrorCode::unreadable_input);
      continue;
    }
    salvaged = std::max(salvaged, cut.records.size());
    ASSERT_LE(cut.records.size(), whole.records.size());
    EXPECT_TRUE(std::equal(cut.records.begin(), cut.records.end(), whole.records.begin()));
    EXPECT_EQ(cut.partial, cut.records.size() < whole.records.size());
  }
  EXPECT_GT(salvaged, 0U);
}

TEST(ExportLocation, TellsADamagedZipArchive) {
  const TemporaryFolder folder;
  const auto zip = write_zip(folder.path() / "export.zip", phone_entries());
  const std::string bytes = read_test_file(zip);
  Random random(3);
  for (int i = 0; i < 60; ++i) {
    std::string changed = bytes;
    changed[random.below(changed.size())] ^= static_cast<char>(1 + random.below(255));
    const auto fetched = fetch_export(folder.write("bad.zip", changed), DataType::workout);
    EXPECT_LE(fetched.records.size(), 2U);
  }
}

TEST(ExportLocation, RefusesABombButNotAnHonestRatio) {
  const TemporaryFolder folder;
  const std::string head = "<HealthData>\n";
  const std::string blanks(80 * 1024 * 1024, ' ');
  const auto bomb = write_zip(folder.path() / "bomb.zip", {{"export.xml", head + blanks + "</HealthData>"}});
  const auto fetched = fetch_export(bomb, DataType::steps);
  ASSERT_FALSE(fetched.error);
  EXPECT_TRUE(fetched.partial);
  ASSERT_EQ(fetched.warnings.size(), 1U);
  EXPECT_THAT(fetched.warnings[0].what, HasSubstr("1000 times"));
  std::string repeated = head;
  while (repeated.size() < 40 * 1024 * 1024) {
    repeated +=
        " <Record type=\"HKQuantityTypeIdentifierBodyMassIndex\" sourceName=\"S\" unit=\"count\" value=\"22\"/>\n";
    repeated += std::to_string(repeated.size()).insert(0, "<Me a=\"") + "\"/>\n";
  }
  const auto honest = write_zip(folder.path() / "honest.zip", {{"export.xml", repeated + "</HealthData>"}});
  EXPECT_FALSE(fetch_export(honest, DataType::steps).partial);
}

TEST(ExportLocation, LooksIntoAFolderAndTakesTheNewestExport) {
  const TemporaryFolder folder;
  const auto text = [](const char* exported, const char* value) {
    return std::string("<HealthData>\n <ExportDate value=\"") + exported +
           "\"/>\n <Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"S\" unit=\"count\" "
           "startDate=\"2025-01-01 10:00:00 "
           "+0000\" endDate=\"2025-01-01 10:01:00 +0000\" value=\"" +
           value + "\"/>\n</HealthData>";
  };
  folder.write("a/apple_health_export/export_cda.xml", "<ClinicalDocument/>");
  folder.write("a/apple_health_export/export.xml", text("2025-02-01 10:00:00 +0000", "1"));
  const auto one = fetch_export(folder.path(), DataType::steps);
  ASSERT_EQ(one.records.size(), 1U);
  EXPECT_TRUE(one.warnings.empty());
  write_zip(folder.path() / "newer.zip", {{"x/eksport.xml", text("2025-03-01 10:00:00 +0000", "2")}});
  folder.write("z.xml", text("2025-01-15 10:00:00 +0000", "3"));
  const auto newest = fetch_export(folder.path(), DataType::steps);
  ASSERT_EQ(newest.records.size(), 1U);
  EXPECT_EQ(std::get<model::Quantity>(newest.records[0].payload).value, 2);
  ASSERT_EQ(newest.warnings.size(), 1U);
  EXPECT_THAT(newest.warnings[0].what, HasSubstr("3 exports"));
  EXPECT_FALSE(newest.partial);
}

// Every wrong file: what it is, and what would be right.
TEST(ExportLocation, SaysWhatIsWrongAndWhatWouldBeRight) {
  const TemporaryFolder folder;
  const auto error_of = [&](const std::filesystem::path& path) {
    const auto fetched = fetch_export(path, DataType::steps);
    EXPECT_TRUE(fetched.error);
    if (!fetched.error) return Error{};
    EXPECT_THAT(fetched.error->message, HasSubstr("export.zip"));
    return *fetched.error;
  };
  const auto missing = error_of(folder.path() / "none.xml");
  EXPECT_EQ(missing.code, ErrorCode::not_found);
  EXPECT_THAT(missing.message, HasSubstr("none.xml"));
  EXPECT_THAT(error_of(folder.write("empty.xml", "")).message, HasSubstr("is empty"));
  EXPECT_THAT(error_of(folder.write("photo.xml", std::string("\xFF\xD8\xFF\xE0\0\x10JFIF", 10))).message,
              HasSubstr("JPEG"));
  EXPECT_THAT(error_of(folder.write("track.gpx", "<?xml version='1.0'?><gpx><trk/></gpx>")).message,
              HasSubstr("use gpx:"));
  EXPECT_THAT(error_of(folder.write("run.tcx", "<TrainingCenterDatabase/>")).message, HasSubstr("use tcx:"));
  EXPECT_THAT(error_of(folder.write("cda.xml", "<ClinicalDocument/>")).message, HasSubstr("ClinicalDocument"));
  EXPECT_THAT(error_of(folder.write("notes.txt", "hello")).message, HasSubstr("neither XML nor"));
  EXPECT_THAT(error_of(folder.write("cut.zip", "PK\x03\x04")).message, HasSubstr("cut.zip"));
  EXPECT_THAT(error_of(write_zip(folder.path() / "other.zip", {{"a.txt", "hello"}, {"b.gpx", "<gpx/>"}})).message,
              HasSubstr("holds 2 files"));
  const TemporaryFolder nothing;
  EXPECT_EQ(error_of(nothing.path()).code, ErrorCode::not_found);
  nothing.write("one.xml", "<gpx/>");
  EXPECT_THAT(error_of(nothing.path()).message, HasSubstr("<gpx>"));
}

TEST(ExportLocation, ProbesTheRootBehindBrokenDeclarations) {
  EXPECT_EQ(probe("<!DOCTYPE x [<!ATTLIST y z CDATA ]>\n<HealthData a=''><ExportDate value='d'/>").root, "HealthData");
  EXPECT_EQ(probe("<HealthData a=''><ExportDate value='d'/>").exported_at, "d");
  EXPECT_FALSE(probe("<HealthData a=''>").decided);
  EXPECT_FALSE(probe("<HealthDa").decided);
  EXPECT_TRUE(probe("nonsense <<").decided);
}

}  // namespace
}  // namespace syncwell::providers::apple_health
