// The web console's files under /console/, read into memory once at start: a folder that changes later, or goes,
// changes nothing. Files whose name carries a hash of their content may be kept by browsers for good; for all others
// they ask each time, and are told by an ETag that nothing has changed (RFC 9110). What a client may have compressed is
// kept so. Only GET and HEAD, only what was there: a path is looked up, never opened, so that ".." and its kin are
// unknown files. After load() it is never written: any thread may ask it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "net/http.hpp"

namespace syncwell::api {

inline constexpr std::size_t max_console_files = 500;
inline constexpr std::size_t max_console_bytes = 32 * 1024 * 1024;  // of all files together, as they lie on disk
// The console runs its own scripts and styles and talks to its own server; nothing else, whatever it is made to show.
inline constexpr std::string_view console_content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

class ConsoleFiles {
 public:
  ConsoleFiles() = default;  // there is no console: its paths answer 404 and say how to build it

  // Links and hidden files are left out. invalid_argument, naming folder or file and what would be right: it cannot be
  // read, has no index.html, or passes a maximum above.
  [[nodiscard]] static Result<ConsoleFiles> load(const std::filesystem::path& folder);

  // nullopt: the path is none of the console's. "/" is, where there is a console.
  [[nodiscard]] std::optional<net::Response> answer(const net::Request& request) const;
  [[nodiscard]] bool empty() const { return files_.empty(); }

 private:
  struct File {
    std::string content_type;
    std::string cache_control;
    std::string entity_tag;
    std::string content;
    std::string gzip{};  // empty: it would not be smaller
  };
  [[nodiscard]] static File file_of(const std::string& name, std::string content);
  [[nodiscard]] static net::Response serve(const File& file, const net::Request& request);
  std::map<std::string, File, std::less<>> files_;  // by path, percent-encoded as parse_target() gives it
};

// Whether a file's name says by a hash what it holds ("index-BxK3f9aQ.js", "app.3f2a9b1c.css").
[[nodiscard]] bool is_hashed_name(std::string_view file_name);
// RFC 9110, 12.5.3 and 13.1.2.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);
[[nodiscard]] bool has_entity_tag(std::string_view if_none_match, std::string_view entity_tag);

}  // namespace syncwell::api
