#include "base/uuid.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace syncwell {
namespace {

RC_GTEST_PROP(UuidFromDigest, HasTheShapeOfAVersion4UuidAndIsOneToOne, ()) {  // API: job_<uuid4>
  const auto digest =
      rc::gen::container<std::string>(26, rc::gen::element('a', 'b', 'h', 'q', 'y', 'z', '2', '3', '7'));
  const std::string one = *digest;
  const std::string uuid = uuid_from_digest(one);
  RC_ASSERT(uuid.size() == 36U);
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      RC_ASSERT(uuid[i] == '-');
    } else {
      RC_ASSERT(std::string_view("0123456789abcdef").contains(uuid[i]));
    }
  }
  RC_ASSERT(uuid[14] == '4');
  RC_ASSERT(std::string_view("89ab").contains(uuid[19]));
  RC_ASSERT(uuid_from_digest(one) == uuid);
  std::string other = one;  // another first character is never lost in the version's bits
  other[0] = one[0] == 'a' ? 'z' : 'a';
  RC_ASSERT(uuid_from_digest(other) != uuid);
}

}  // namespace
}  // namespace syncwell
