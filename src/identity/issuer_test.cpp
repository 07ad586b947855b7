// API, the built-in issuer.
#include "identity/issuer.hpp"

#include <boost/json.hpp>

#include "store/test_table.hpp"

namespace syncwell::identity {
namespace {

using namespace std::chrono_literals;

class IssuerTest : public store::TableTest {
 protected:
  std::unique_ptr<Issuer> open() { return runtime.run(Issuer::open(table(), storage->vault())).value(); }
};

TEST_F(IssuerTest, ItsTokensAreBelievedAlsoAfterARestart) {  // API
  const auto token = open()->issue("alice", 1h, runtime.now()).value();
  const auto again = open();
  const auto claims = verify(token, again->keys(), Issuer::policy(), runtime.now());
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->subject, "alice");
  EXPECT_LE(claims->expires, runtime.now() + 1h);
  EXPECT_FALSE(verify(token, again->keys(), Issuer::policy(), runtime.now() + 1h + clock_leeway));
  EXPECT_TRUE(KeySet::parse(again->public_key_set()));
}

TEST_F(IssuerTest, ThePrivateKeyIsSealed) {  // ARCH-10
  (void)open();
  const auto item = runtime.run(table().get({"identity", "issuer"})).value().value();
  const auto text = boost::json::serialize(item.attributes);
  EXPECT_EQ(text.find("\\\"d\\\""), std::string::npos) << text;
  EXPECT_NE(text.find("sec_"), std::string::npos);
}

TEST_F(IssuerTest, LifetimesAndSubjectsHaveLimits) {  // API
  const auto issuer = open();
  EXPECT_TRUE(issuer->issue("alice", max_token_lifetime, runtime.now()));
  for (const Duration lifetime : {Duration{0}, Duration{-1}, max_token_lifetime + Duration{1}})
    EXPECT_EQ(store::code_of(issuer->issue("alice", lifetime, runtime.now())), ErrorCode::invalid_argument);
  EXPECT_EQ(store::code_of(issuer->issue("", 1h, runtime.now())), ErrorCode::invalid_argument);
  EXPECT_EQ(store::code_of(issuer->issue(std::string(256, 'x'), 1h, runtime.now())), ErrorCode::invalid_argument);
  EXPECT_FALSE(issuer->issue("\xff\xfe", 1h, runtime.now())) << "no Unicode";
}

TEST_F(IssuerTest, ADamagedKeyIsAnErrorAndNoNewKey) {  // ARCH-10
  (void)open();
  auto item = runtime.run(table().get({"identity", "issuer"})).value().value();
  item.attributes["keys"] = "{}";
  ASSERT_TRUE(runtime.run(table().put(item)));
  EXPECT_EQ(store::code_of(runtime.run(Issuer::open(table(), storage->vault()))), ErrorCode::storage_failed);
}

}  // namespace
}  // namespace syncwell::identity
