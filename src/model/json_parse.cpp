#include "model/json_parse.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "model/json.hpp"

namespace syncwell::model {
namespace {

namespace json = boost::json;

// Takes the parser's events and builds the tree. The signatures are those of boost::json::basic_parser's Handler.
class TreeBuilder {
 public:
  static constexpr std::size_t max_object_size = 1024;  // ours have a dozen members
  static constexpr std::size_t max_array_size = max_record_json_values;
  static constexpr std::size_t max_key_size = max_record_json_bytes;
  static constexpr std::size_t max_string_size = max_record_json_bytes;

  explicit TreeBuilder(json::storage_ptr storage) : storage_(std::move(storage)) {}

  bool on_document_begin(json::error_code&) {
    stack_.reset(storage_);
    return true;
  }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return true; }
  bool on_object_end(std::size_t count, json::error_code& ec) {
    stack_.push_object(count);
    return counted(ec);
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t count, json::error_code& ec) {
    stack_.push_array(count);
    return counted(ec);
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& ec) {
    stack_.push_key(part);
    return counted(ec);
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code& ec) {
    stack_.push_string(part);
    return counted(ec);
  }
  bool on_number_part(json::string_view part, json::error_code&) {
    number_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t value, json::string_view, json::error_code& ec) {
    number_.clear();
    stack_.push_int64(value);
    return counted(ec);
  }
  bool on_uint64(std::uint64_t value, json::string_view, json::error_code& ec) {
    number_.clear();
    stack_.push_uint64(value);
    return counted(ec);
  }
  bool on_double(double, json::string_view part, json::error_code& ec) {
    number_.append(part.data(), part.size());
    double value = 0;
    const auto [end, problem] = std::from_chars(number_.data(), number_.data() + number_.size(), value);
    if (problem != std::errc{} || end != number_.data() + number_.size()) {
      ec = json::error::exponent_overflow;
      return false;
    }
    number_.clear();
    stack_.push_double(value);
    return counted(ec);
  }
  bool on_bool(bool value, json::error_code& ec) {
    stack_.push_bool(value);
    return counted(ec);
  }
  bool on_null(json::error_code& ec) {
    stack_.push_null();
    return counted(ec);
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  [[nodiscard]] json::value release() { return stack_.release(); }

 private:
  bool counted(json::error_code& ec) {
    if (++values_ <= max_record_json_values) return true;
    ec = json::error::array_too_large;
    return false;
  }

  json::storage_ptr storage_;
  json::value_stack stack_;
  std::string number_;
  std::size_t values_ = 0;
};

}  // namespace

Result<json::value> parse_json(std::string_view text, json::storage_ptr storage) {
  if (text.size() > max_record_json_bytes) {
    return fail(ErrorCode::unreadable_input, fmt::format("longer than {} bytes", max_record_json_bytes));
  }
  json::parse_options options;
  options.max_depth = max_record_json_depth;
  json::basic_parser<TreeBuilder> parser(options, std::move(storage));
  json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) ec = json::error::extra_data;
  if (ec) {
    return fail(ErrorCode::unreadable_input,
                fmt::format("not the JSON of a record, at byte {}: {}", used, ec.message()));
  }
  return parser.handler().release();
}

}  // namespace syncwell::model
