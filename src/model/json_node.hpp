// A position in a parsed document, for readers that want values or else one sentence about the first thing that is
// wrong: "body.heart_rate.value: not a number". Sentences never hold a value of the document.
// Internal to the model's JSON reader. Everything lives on one thread and no longer than the document.
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace syncwell::model {

// The first thing that was found wrong; what comes after it is not reported.
class Complaint {
 public:
  void raise(std::string path, std::string_view what) {
    if (text_.empty()) text_ = std::move(path) + ": " + std::string(what);
  }
  [[nodiscard]] bool raised() const { return !text_.empty(); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// An object of the document with the way to it. Absent members are fine for optional_x and a complaint for x; a member
// of another JSON type is a complaint for both. After a complaint the returned value is a default.
class ObjectNode {
 public:
  // The document itself.
  ObjectNode(const boost::json::value& document, Complaint& complaint);

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] ObjectNode object(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::string optional_text(std::string_view name) const;  // empty where absent
  [[nodiscard]] std::optional<bool> optional_boolean(std::string_view name) const;
  [[nodiscard]] double number(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] Moment date_time(std::string_view name) const;
  [[nodiscard]] std::optional<Moment> optional_date_time(std::string_view name) const;
  // Null where absent.
  [[nodiscard]] const boost::json::array* optional_array(std::string_view name) const;
  [[nodiscard]] const boost::json::array& array(std::string_view name) const;
  // Element `index` of the array member `name`, which has to be an object.
  [[nodiscard]] ObjectNode element(std::string_view name, const boost::json::value& element, std::size_t index) const;

  void complain(std::string_view member, std::string_view what) const;

 private:
  ObjectNode(const boost::json::value* value, const ObjectNode* parent, std::string_view name,
             std::optional<std::size_t> index, Complaint& complaint);
  [[nodiscard]] const boost::json::value* find(std::string_view name) const;
  [[nodiscard]] const boost::json::value* require(std::string_view name) const;
  [[nodiscard]] std::string path() const;

  const boost::json::object* object_ = nullptr;  // never null: an empty object stands for what is missing
  const ObjectNode* parent_ = nullptr;
  std::string_view name_;
  std::optional<std::size_t> index_{};
  Complaint& complaint_;
};

// A number of any JSON kind as double; nullopt for what is no number.
[[nodiscard]] std::optional<double> number_in(const boost::json::value& value);
// A number without a fraction within int64; 3.0 and 1e3 are such.
[[nodiscard]] std::optional<std::int64_t> integer_in(const boost::json::value& value);

}  // namespace syncwell::model
