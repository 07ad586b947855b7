// Messages to people about their failed syncs (SUP-4): one of a template about one thing (an incident, a connection),
// whatever happens in between: the record is made before anything is sent, by conditional write. It holds no address
// and no text; both are put together as the message is sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

inline constexpr Duration contact_lifetime = std::chrono::hours{24 * 90};

// `sending`: handed to the mail server, whose answer is awaited. `unknown`: the process ended right then, so that it
// may have gone out or not; it is not sent again by itself. `refused`: the mail server does not take it.
enum class ContactState { queued, sending, sent, unknown, refused, opted_out, no_address };
[[nodiscard]] std::string_view name_of(ContactState state) noexcept;

struct ContactMessage {
  std::string id;  // a UUID; the Message-ID follows from it
  std::string user;
  std::string about;  // an incident's or a connection's id
  std::string template_name;
  std::string case_id{};
  std::string provider{};
  std::string data_type{};
  std::string locale{};
  std::string ticket_id{};  // that it became, where people are written to by ticket
  Instant failed{};         // what the message says about when it began
  ContactState state = ContactState::queued;
  std::string error{};
  Instant created{};
  Instant updated{};
  std::uint64_t version = 0;
};

class Contacts {
 public:
  explicit Contacts(Table& table) : table_(table) {}
  [[nodiscard]] static Key key_of(const std::string& user, const std::string& about, const std::string& template_name);
  [[nodiscard]] static ContactMessage from(const Item& item);
  // Part of a transaction: if nobody has written it since it was read (version 0: if there is none).
  [[nodiscard]] static Write put(const ContactMessage& message);
  [[nodiscard]] Async<Result<std::optional<ContactMessage>>> get(Key key);
  // What was sent to this person about this.
  [[nodiscard]] Async<Result<std::vector<ContactMessage>>> list(std::string user, std::string about);

 private:
  Table& table_;
};

}  // namespace syncwell::store
