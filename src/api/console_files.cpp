#include "api/console_files.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <ranges>
#include <vector>

#include "api/problem.hpp"

namespace syncwell::api {

namespace {

constexpr std::string_view root = "/console/";
constexpr std::string_view for_good = "public, max-age=31536000, immutable";
constexpr std::string_view ask_first = "no-cache";
constexpr std::size_t min_gzip_bytes = 256;  // less is one packet in either form
constexpr std::size_t min_hash_characters = 8;
constexpr std::ptrdiff_t min_capitals_without_digit = 3;

struct Kind {
  std::string_view extension;
  std::string_view content_type;
  bool compresses;
};
constexpr std::array kinds{Kind{".html", "text/html; charset=utf-8", true},
                           Kind{".js", "text/javascript; charset=utf-8", true},
                           Kind{".mjs", "text/javascript; charset=utf-8", true},
                           Kind{".css", "text/css; charset=utf-8", true},
                           Kind{".svg", "image/svg+xml", true},
                           Kind{".json", "application/json", true},
                           Kind{".map", "application/json", true},
                           Kind{".webmanifest", "application/manifest+json", true},
                           Kind{".txt", "text/plain; charset=utf-8", true},
                           Kind{".wasm", "application/wasm", true},
                           Kind{".png", "image/png", false},
                           Kind{".jpg", "image/jpeg", false},
                           Kind{".webp", "image/webp", false},
                           Kind{".ico", "image/x-icon", true},
                           Kind{".woff2", "font/woff2", false}};
constexpr Kind unknown_kind{"", "application/octet-stream", false};

const Kind& kind_of(std::string_view name) {
  const auto found = std::ranges::find_if(kinds, [&](const Kind& kind) { return name.ends_with(kind.extension); });
  return found == kinds.end() ? unknown_kind : *found;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> list_of(std::string_view field) {
  std::vector<std::string_view> items;
  for (const auto part : std::views::split(field, ',')) items.push_back(trimmed({part.begin(), part.end()}));
  return items;
}

std::string hash_of(std::string_view content) {
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(content.data()), content.size(),
                     nullptr, 0);
  std::string text;
  for (const unsigned char byte : hash) text += fmt::format("{:02x}", byte);
  return text;
}

// Empty: it would not be smaller.
std::string gzip_of(const std::string& content) {
  constexpr int gzip_window_bits = 15 + 16;
  constexpr int memory_level = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window_bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    return {};
  std::string packed(content.size(), '\0');
  // zlib does not write through next_in.
  stream.next_in =
      reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool fits = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(fits ? stream.total_out : 0);
  deflateEnd(&stream);
  return packed;
}

net::Response with_protection(net::Response answer) {
  answer.headers.set("Content-Security-Policy", std::string(console_content_security_policy));
  answer.headers.set("X-Content-Type-Options", "nosniff");
  answer.headers.set("Referrer-Policy", "no-referrer");
  answer.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  return answer;
}

net::Response redirect(int status) {
  return with_protection({status, {{"Location", std::string(root)}, {"Cache-Control", std::string(ask_first)}}});
}

// The folder's regular files: neither links nor what is hidden.
Result<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& folder) {
  const auto cannot = [&](std::string_view what) {
    return fail(ErrorCode::invalid_argument, fmt::format("the console's folder {}: {}", folder.string(), what));
  };
  std::vector<std::filesystem::path> files;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(folder, error);
  for (const std::filesystem::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (hidden && entry->is_directory(error)) entry.disable_recursion_pending();
    if (hidden || entry->symlink_status(error).type() != std::filesystem::file_type::regular) continue;
    if (files.size() == max_console_files) return cannot(fmt::format("holds more than {} files", max_console_files));
    files.push_back(entry->path());
  }
  if (error) return cannot("cannot be read: " + error.message());
  return files;
}

// nullopt: it cannot be read, or is larger than `most`.
std::optional<std::string> content_of(const std::filesystem::path& file, std::size_t most) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::nullopt;
  std::string content;
  std::array<char, 64 * 1024> piece{};
  while (stream.read(piece.data(), piece.size()) || stream.gcount() > 0) {
    content.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
    if (content.size() > most) return std::nullopt;
  }
  if (stream.bad()) return std::nullopt;
  return content;
}

std::string path_of(const std::filesystem::path& relative) {
  std::string path(root);
  for (const auto& segment : relative) {
    if (path.size() > root.size()) path += '/';
    path += net::percent_encode(segment.string());
  }
  return path;
}

}  // namespace

bool is_hashed_name(std::string_view file_name) {
  const auto dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view stem = file_name.substr(0, dot);
  const auto begin = stem.find_last_of("-.");
  // Vite's hashes may contain '-' themselves: they are always the last eight characters.
  std::string_view hash = begin == std::string_view::npos ? std::string_view() : stem.substr(begin + 1);
  if (hash.size() < min_hash_characters) {
    if (stem.size() <= min_hash_characters || stem[stem.size() - min_hash_characters - 1] != '-') return false;
    hash = stem.substr(stem.size() - min_hash_characters);
  }
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_hexadecimal = [&](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  const auto capitals = std::ranges::count_if(hash, is_upper);
  // A word ("dashboard", "version2", "NavLinks") is no hash: what is taken for one is never asked for again.
  if (std::ranges::any_of(hash, is_digit)) return capitals > 0 || std::ranges::all_of(hash, is_hexadecimal);
  return capitals >= min_capitals_without_digit && std::ranges::any_of(hash, is_lower);
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool accepted = false;
  for (const auto item : list_of(accept_encoding)) {
    const auto semicolon = item.find(';');
    const auto name = trimmed(item.substr(0, semicolon));
    std::string_view quality = semicolon == std::string_view::npos ? "" : trimmed(item.substr(semicolon + 1));
    const bool refused = quality.starts_with("q=0") && quality.find_first_not_of("0.", 2) == std::string_view::npos;
    if (net::equal_without_case(name, "gzip") || net::equal_without_case(name, "x-gzip")) return !refused;
    if (name == "*") accepted = !refused;
  }
  return accepted;
}

bool has_entity_tag(std::string_view if_none_match, std::string_view entity_tag) {
  return std::ranges::any_of(list_of(if_none_match), [&](std::string_view item) {
    if (item.starts_with("W/")) item.remove_prefix(2);
    return item == "*" || item == entity_tag;
  });
}

ConsoleFiles::File ConsoleFiles::file_of(const std::string& name, std::string content) {
  const Kind& kind = kind_of(name);
  File file;
  file.content_type = kind.content_type;
  file.cache_control = is_hashed_name(name) ? for_good : ask_first;
  file.entity_tag = hash_of(content);
  if (kind.compresses && content.size() >= min_gzip_bytes) file.gzip = gzip_of(content);
  file.content = std::move(content);
  return file;
}

Result<ConsoleFiles> ConsoleFiles::load(const std::filesystem::path& folder) {
  auto files = files_in(folder);
  if (!files) return fail(std::move(files.error()));
  ConsoleFiles console;
  std::size_t left = max_console_bytes;
  for (const auto& file : *files) {
    auto content = content_of(file, left);
    if (!content) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("the console's file {} cannot be read, or all files have more than {} bytes",
                              file.string(), max_console_bytes));
    }
    left -= content->size();
    console.files_[path_of(file.lexically_relative(folder))] = file_of(file.filename().string(), std::move(*content));
  }
  if (!console.files_.contains(std::string(root) + "index.html")) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the console's folder {} has no index.html: build the console, or see console.folder",
                            folder.string()));
  }
  return console;
}

net::Response ConsoleFiles::serve(const File& file, const net::Request& request) {
  const bool packed = !file.gzip.empty() && accepts_gzip(request.headers.get("Accept-Encoding").value_or(""));
  const std::string tag = fmt::format("\"{}{}\"", file.entity_tag, packed ? "-gzip" : "");
  net::Response answer{200, {{"ETag", tag}, {"Cache-Control", file.cache_control}}};
  if (!file.gzip.empty()) answer.headers.set("Vary", "Accept-Encoding");
  if (has_entity_tag(request.headers.get("If-None-Match").value_or(""), tag)) {
    answer.status = 304;
    return with_protection(std::move(answer));
  }
  answer.headers.set("Content-Type", file.content_type);
  if (packed) answer.headers.set("Content-Encoding", "gzip");
  answer.body = packed ? file.gzip : file.content;
  return with_protection(std::move(answer));
}

std::optional<net::Response> ConsoleFiles::answer(const net::Request& request) const {
  std::string path = net::parse_target(request.url).path;
  const bool is_start = path == "/" && !empty();
  const bool is_root = path == root.substr(0, root.size() - 1);
  if (!is_start && !is_root && !path.starts_with(root)) return std::nullopt;
  if (request.method != "GET" && request.method != "HEAD") {
    auto refusal = problem(405, "method_not_allowed", "The console is only read: GET and HEAD.");
    refusal.headers.set("Allow", "GET, HEAD");
    return with_protection(std::move(refusal));
  }
  if (empty()) {
    return with_protection(
        problem(404, "not_found",
                "The console is not built. In console/: npm ci && npm run build; then start the server again. The "
                "setting console.folder says where its files are."));
  }
  if (is_start) return redirect(302);
  if (is_root) return redirect(308);
  if (path == root) path += "index.html";
  const auto found = files_.find(path);
  if (found == files_.end()) return with_protection(problem(404, "not_found", "The console has no such file."));
  return serve(found->second, request);
}

}  // namespace syncwell::api
