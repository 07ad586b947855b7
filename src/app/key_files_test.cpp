// The files of keys: drawn once, for their owner only, and never drawn over.
#include "app/key_files.hpp"

#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "app/test_folder.hpp"

namespace syncwell::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class KeyFilesTest : public testing::Test {
 protected:
  Error refusal() {
    const auto key = vault_key(folder.path(), "");
    EXPECT_FALSE(key);
    return key ? Error{} : key.error();
  }
  TestFolder folder;
};

TEST_F(KeyFilesTest, AKeyIsDrawnOnceIntoAFolderForItsOwnerOnly) {  // ARCH-10
  const auto data = folder.path() / "new" / "data";
  const auto first = vault_key(data, "").value();
  EXPECT_EQ(vault_key(data, "").value(), first);
  EXPECT_NE(vault_key(folder.path(), "").value(), first);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(data).permissions(), perms::owner_all);
  EXPECT_EQ(std::filesystem::status(data / "vault.key").permissions(), perms::owner_read | perms::owner_write);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(data), {}), 1) << "nothing half-made is left";
}

TEST_F(KeyFilesTest, TheOperatorsTokenIsDrawnOnceAndAGivenOneIsTaken) {
  const auto admin = admin_token(folder.path(), "").value();
  EXPECT_EQ(admin.size(), 48U);
  EXPECT_EQ(admin_token(folder.path(), "").value(), admin);
  EXPECT_EQ(admin_token(folder.path() / "never made", "mine").value(), "mine");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "never made"));
}

TEST_F(KeyFilesTest, AKeyIsSixtyFourHexDigits) {
  const auto key = vault_key(folder.path(), "00" + std::string(60, 'a') + "Ff").value();
  EXPECT_EQ(key.front(), 0x00);
  EXPECT_EQ(key[1], 0xaa);
  EXPECT_EQ(key.back(), 0xff);
  for (const auto& wrong : {std::string(63, 'a'), std::string(65, 'a'), std::string(66, 'a'), std::string(62, 'a'),
                            std::string(63, 'a') + "g", std::string(64, 'a') + " ", std::string("secret")}) {
    const auto refused = vault_key(folder.path(), wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(refused.error().message, Not(HasSubstr(wrong))) << "a key in an error message";
  }
}

TEST_F(KeyFilesTest, ADamagedKeyFileIsNamedAndLeftAsItIs) {  // ARCH-10: a new key would open none of the old secrets
  for (const std::string content : {"", "\n", "0123\n", "not a key, but the only one there is\n"}) {
    (void)folder.write("vault.key", content);
    const Error error = refusal();
    EXPECT_EQ(error.code, ErrorCode::invalid_argument) << content;
    EXPECT_THAT(error.message, HasSubstr((folder.path() / "vault.key").string()));
    EXPECT_EQ(folder.read("vault.key"), content);
  }
}

TEST_F(KeyFilesTest, AKeyFileThatCannotBeReadIsNotDrawnAnew) {  // ARCH-10
  // A link to itself is unreadable for every user, the tests' own included; the other's volume is not mounted.
  for (const auto* target : {"vault.key", "not-mounted/vault.key"}) {
    std::filesystem::create_symlink(target, folder.path() / "vault.key");
    EXPECT_EQ(refusal().code, ErrorCode::storage_failed);
    EXPECT_TRUE(std::filesystem::is_symlink(folder.path() / "vault.key"));
    std::filesystem::remove(folder.path() / "vault.key");
  }
  std::filesystem::create_directory(folder.path() / "vault.key");
  EXPECT_EQ(refusal().code, ErrorCode::storage_failed);
  std::filesystem::remove(folder.path() / "vault.key");
  EXPECT_TRUE(vault_key(folder.path(), "")) << "and with that out of the way one is drawn";
}

TEST_F(KeyFilesTest, AFolderThatCannotBeMadeIsSaid) {
  const auto file = folder.write("file", "x");
  EXPECT_FALSE(vault_key(file / "data", ""));
  EXPECT_FALSE(admin_token(file, ""));
}

TEST_F(KeyFilesTest, WhoStartTogetherDrawOneKey) {  // ARCH-10: or what one of them seals is lost
  for (int round = 0; round < 20; ++round) {
    const auto data = folder.path() / std::to_string(round);
    std::vector<std::string> tokens(8);
    {
      std::vector<std::jthread> starts;
      for (auto& token : tokens) starts.emplace_back([&] { token = admin_token(data, "").value_or("failed"); });
    }
    EXPECT_EQ(std::set<std::string>(tokens.begin(), tokens.end()).size(), 1U);
    EXPECT_EQ(admin_token(data, ""), tokens[0]);
  }
}

}  // namespace
}  // namespace syncwell::app
