#include "api/console_files.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

#include <cstdlib>
#include <fstream>

namespace syncwell::api {
namespace {

using testing::HasSubstr;

class ConsoleFilesTest : public testing::Test {
 protected:
  ConsoleFilesTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "syncwell-console-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    write("index.html", "<!doctype html>" + std::string(1000, ' '));
    write("assets/index-BxK3f9aQ.js", std::string(5000, 'x'));
    write("assets/logo.png", std::string(5000, 'p'));
  }
  ~ConsoleFilesTest() override {
    std::error_code error;
    std::filesystem::remove_all(folder, error);
  }
  ConsoleFilesTest(const ConsoleFilesTest&) = delete;
  ConsoleFilesTest& operator=(const ConsoleFilesTest&) = delete;

  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << content;
  }
  [[nodiscard]] net::Response get(const std::string& url, net::Headers headers = {},
                                  const std::string& method = "GET") const {
    return ConsoleFiles::load(folder).value().answer({method, url, std::move(headers)}).value();
  }
  static std::string unpack(const std::string& packed) {
    std::string text(100'000, '\0');
    z_stream stream{};
    EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    std::string input = packed;
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    text.resize(stream.total_out);
    inflateEnd(&stream);
    return text;
  }

  std::filesystem::path folder;
};

TEST_F(ConsoleFilesTest, ServesItsFilesWithWhatProtectsThem) {  // SUP-6
  for (const char* url : {"/console/", "/console/index.html", "/console/?x=y"}) {
    const auto page = get(url);
    EXPECT_EQ(page.status, 200) << url;
    EXPECT_EQ(page.headers.get("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.headers.get("Cache-Control"), "no-cache");
    EXPECT_EQ(page.headers.get("Content-Security-Policy"),
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
              "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    EXPECT_EQ(page.headers.get("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(page.headers.get("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(page.headers.get("Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_THAT(page.body, HasSubstr("<!doctype html>"));
  }
  const auto script = get("/console/assets/index-BxK3f9aQ.js");
  EXPECT_EQ(script.headers.get("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(get("/console/assets/logo.png").headers.get("Content-Type"), "image/png");
  EXPECT_EQ(get("/console/assets/logo.png").headers.get("Cache-Control"), "no-cache");
}

TEST_F(ConsoleFilesTest, LeadsToTheConsole) {
  EXPECT_EQ(get("/").status, 302);
  EXPECT_EQ(get("/").headers.get("Location"), "/console/");
  EXPECT_EQ(get("/console").status, 308);
  EXPECT_EQ(get("/console").headers.get("Location"), "/console/");
}

TEST_F(ConsoleFilesTest, LeavesEverythingElseAlone) {
  const auto console = ConsoleFiles::load(folder).value();
  for (const char* url : {"/v1/users/me", "/admin/me", "/consoles", "/healthz", "//console/", "/%2e%2e/console/"})
    EXPECT_FALSE(console.answer({"GET", url}).has_value()) << url;
}

TEST_F(ConsoleFilesTest, NothingOutsideItsFilesIsEverServed) {  // paths of attackers
  std::ofstream(folder.string() + "-secret") << "secret";
  write(".env", "secret");
  write(".git/config", "secret");
  std::filesystem::create_symlink(folder.string() + "-secret", folder / "link.txt");
  for (const std::string& url :
       {"/console/../" + folder.filename().string() + "-secret", std::string("/console/%2e%2e/x"),
        std::string("/console/assets/../index.html"), std::string("/console/assets%2flogo.png"),
        std::string("/console/assets%5clogo.png"), std::string("/console/assets"), std::string("/console/assets/"),
        std::string("/console//index.html"), std::string("/console/index.html%00"), std::string("/console/.env"),
        std::string("/console/.git/config"), std::string("/console/link.txt"), std::string("/console/INDEX.HTML"),
        std::string("/console/nothing.js")}) {
    const auto answer = get(url);
    EXPECT_EQ(answer.status, 404) << url;
    EXPECT_EQ(answer.headers.get("Content-Type"), "application/problem+json") << url;
    EXPECT_EQ(answer.headers.get("X-Content-Type-Options"), "nosniff") << url;
  }
  std::filesystem::remove(folder.string() + "-secret");
}

TEST_F(ConsoleFilesTest, IsOnlyRead) {
  EXPECT_EQ(get("/console/", {}, "HEAD").status, 200);
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    const auto answer = get("/console/", {}, method);
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.headers.get("Allow"), "GET, HEAD");
  }
}

TEST_F(ConsoleFilesTest, WhatTheClientHasIsNotSentAgain) {  // RFC 9110, 13
  const auto first = get("/console/");
  const std::string tag(first.headers.get("ETag").value_or(""));
  for (const auto& condition : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
    const auto again = get("/console/", {{"If-None-Match", condition}});
    EXPECT_EQ(again.status, 304) << condition;
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.headers.get("ETag"), tag);
    EXPECT_EQ(again.headers.get("Cache-Control"), "no-cache");
  }
  EXPECT_EQ(get("/console/", {{"If-None-Match", "\"x\""}}).status, 200);
  write("index.html", "<!doctype html>changed");
  EXPECT_EQ(get("/console/", {{"If-None-Match", tag}}).status, 200);
}

TEST_F(ConsoleFilesTest, CompressesForWhoTakesIt) {  // RFC 9110, 12.5.3
  const std::string url = "/console/assets/index-BxK3f9aQ.js";
  const auto plain = get(url);
  const auto packed = get(url, {{"Accept-Encoding", "br, gzip;q=0.8"}});
  EXPECT_EQ(packed.headers.get("Content-Encoding"), "gzip");
  EXPECT_EQ(packed.headers.get("Vary"), "Accept-Encoding");
  EXPECT_EQ(plain.headers.get("Vary"), "Accept-Encoding");
  EXPECT_EQ(plain.headers.get("Content-Encoding"), std::nullopt);
  EXPECT_NE(packed.headers.get("ETag"), plain.headers.get("ETag"));
  EXPECT_LT(packed.body.size(), 200u);
  EXPECT_EQ(unpack(packed.body), plain.body);
  EXPECT_EQ(get("/console/assets/logo.png", {{"Accept-Encoding", "gzip"}}).headers.get("Content-Encoding"),
            std::nullopt);
  EXPECT_TRUE(accepts_gzip("GZIP") && accepts_gzip("x-gzip") && accepts_gzip("*") && accepts_gzip("a,gzip ; q=0.5"));
  EXPECT_FALSE(accepts_gzip("") || accepts_gzip("br") || accepts_gzip("gzip;q=0") || accepts_gzip("gzip;q=0.000, *") ||
               accepts_gzip("*;q=0") || accepts_gzip("gzipped"));
}

TEST_F(ConsoleFilesTest, KnowsAHashFromAWord) {
  EXPECT_TRUE(is_hashed_name("index-BxK3f9aQ.js") && is_hashed_name("main.3f2a9b1c.css") &&
              is_hashed_name("index-Bx-3f9aQ.js") && is_hashed_name("x-5XQ2K7AB.woff2") &&
              is_hashed_name("index-BTihZUhW.css"));
  EXPECT_FALSE(is_hashed_name("index.html") || is_hashed_name("page-dashboard.js") ||
               is_hashed_name("page-version2.js") || is_hashed_name("page-12345.js") ||
               is_hashed_name("icon-NavLinks.svg") || is_hashed_name("x-LICENCES.txt") ||
               is_hashed_name("BxK3f9aQ.js") || is_hashed_name("BxK3f9aQ") || is_hashed_name(""));
}

TEST_F(ConsoleFilesTest, SaysHowToBuildWhatIsNotThere) {
  const ConsoleFiles none;
  EXPECT_TRUE(none.empty());
  for (const char* url : {"/console", "/console/", "/console/x.js"}) {
    const auto answer = none.answer({"GET", url});
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 404);
    EXPECT_THAT(answer->body, HasSubstr("npm run build"));
  }
  EXPECT_FALSE(none.answer({"GET", "/"}).has_value());
}

TEST_F(ConsoleFilesTest, SaysWhatIsWrongWithAFolder) {
  const auto error_of = [](const std::filesystem::path& path) {
    const auto loaded = ConsoleFiles::load(path);
    return loaded ? std::string() : loaded.error().message;
  };
  EXPECT_THAT(error_of(folder / "nowhere"), HasSubstr("cannot be read"));
  EXPECT_THAT(error_of(folder / "assets"), HasSubstr("no index.html"));
}

TEST_F(ConsoleFilesTest, OneFileOrOneByteTooManyIsRefused) {  // named maxima
  std::filesystem::resize_file(folder / "assets/logo.png", max_console_bytes - 5000 - 1015);
  EXPECT_TRUE(ConsoleFiles::load(folder).has_value());
  std::filesystem::resize_file(folder / "assets/logo.png", max_console_bytes - 5000 - 1015 + 1);
  EXPECT_FALSE(ConsoleFiles::load(folder).has_value());
  write("assets/logo.png", "");
  for (std::size_t i = 3; i < max_console_files; ++i) write("f" + std::to_string(i), "");
  EXPECT_TRUE(ConsoleFiles::load(folder).has_value());
  write("one more", "");
  EXPECT_FALSE(ConsoleFiles::load(folder).has_value());
}

TEST_F(ConsoleFilesTest, AFileWithAnUnusualNameIsFound) {
  write("a b+ä.txt", "x");
  EXPECT_EQ(get("/console/a%20b%2B%C3%A4.txt").body, "x");
  EXPECT_EQ(get("/console/a%20b%2b%c3%a4.txt").body, "x");
}

}  // namespace
}  // namespace syncwell::api
