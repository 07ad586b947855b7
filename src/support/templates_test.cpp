// SUP-4: people are told in their language, from templates that an operator can replace.
#include "support/templates.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace syncwell::support {
namespace {

namespace fs = std::filesystem;

const TemplateValues values{.product = "SyncWell",
                            .provider = "Strava",
                            .data_type = "activities",
                            .failed_at = "28 March 2026, 12:15",
                            .reference = "C-1042",
                            .console_url = "https://sync.example/connections"};

const std::string good = "Subject: {{product}} and {{provider}}\n\nHello {{reference}}.\n";

// The operator's folder.
class Folder {
 public:
  Folder() {
    fs::remove_all(path_);
    for (const char* name : {"initial", "resolved", "action_needed"}) write(std::string("en/") + name + ".txt", good);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file, std::ios::binary) << text;
  }
  void remove(const std::string& file) const { fs::remove_all(path_ / file); }
  // What is wrong, without the folder; empty: nothing.
  [[nodiscard]] std::string problem() const {
    const auto loaded = Templates::load(path_);
    if (loaded) return {};
    EXPECT_EQ(loaded.error().code, ErrorCode::unreadable_input);
    const std::string& text = loaded.error().message;
    EXPECT_TRUE(text.starts_with(path_.string())) << text;
    return text.substr(path_.string().size());
  }
  [[nodiscard]] Templates templates() const { return Templates::load(path_).value(); }

 private:
  fs::path path_ = fs::path(testing::TempDir()) / ("syncwell_templates_" + std::to_string(getpid()));
};

// SUP-4: three messages in each language, complete, with their values.
TEST(Templates, TheBuiltInSetSpeaks) {
  const Templates& templates = Templates::built_in();
  EXPECT_EQ(templates.locales(), (std::vector<std::string_view>{"de", "en"}));
  for (const auto locale : templates.locales()) {
    for (const MessageKind kind : message_kinds) {
      const auto message = templates.render(kind, locale, values);
      EXPECT_EQ(message.locale, locale);
      EXPECT_FALSE(message.subject.empty());
      EXPECT_NE(message.subject.find("Strava"), std::string::npos) << message.subject;
      for (const char* part : {"28 March 2026, 12:15", "C-1042", "https://sync.example/connections", "SyncWell"}) {
        EXPECT_NE(message.body.find(part), std::string::npos) << name_of(kind) << ' ' << locale << ' ' << part;
      }
      EXPECT_EQ((message.subject + message.body).find("{{"), std::string::npos);
      EXPECT_TRUE(message.body.ends_with("SyncWell\n"));
    }
  }
}

// SUP-4
TEST(Templates, TheNearestLanguageSpeaks) {
  const Folder folder;
  for (const char* name : {"initial", "resolved", "action_needed"}) {
    folder.write(std::string("de/") + name + ".txt", "Subject: d\n\nd\n");
    folder.write(std::string("pt-br/") + name + ".txt", "Subject: p\n\np\n");
  }
  const Templates templates = folder.templates();
  EXPECT_EQ(templates.choose("de"), "de");
  EXPECT_EQ(templates.choose("de-AT"), "de");
  EXPECT_EQ(templates.choose("de_Latn_AT"), "de");
  EXPECT_EQ(templates.choose("pt-BR"), "pt-br");
  EXPECT_EQ(templates.choose("pt"), "en");
  EXPECT_EQ(templates.choose("dex"), "en");
  EXPECT_EQ(templates.choose(""), "en");
  EXPECT_EQ(templates.choose("-"), "en");
  EXPECT_EQ(templates.choose("../../etc"), "en");
  EXPECT_EQ(templates.choose(std::string(100'000, '-')), "en");
  EXPECT_EQ(templates.render(MessageKind::initial, "de-CH", values).body, "d\n");
}

// SUP-4: the operator's folder counts instead of ours; what is no template in it does not matter.
TEST(Templates, AFolderReplacesTheBuiltInSet) {
  const Folder folder;
  folder.write("README.md", "ours");
  folder.write("en/notes.md", "\xff");
  folder.write(".git/config", "");
  const auto message = folder.templates().render(MessageKind::resolved, "de", values);
  EXPECT_EQ(message.subject, "SyncWell and Strava");
  EXPECT_EQ(message.body, "Hello C-1042.\n");
  EXPECT_EQ(message.locale, "en");
}

// SUP-4: files as editors of other systems write them.
TEST(Templates, TakesOtherLineEndsAndAByteOrderMark) {
  const Folder folder;
  folder.write("en/initial.txt", "\xef\xbb\xbfSubject: s\r\n\r\none\r\ntwo\r\n");
  const auto message = folder.templates().render(MessageKind::initial, "en", values);
  EXPECT_EQ(message.subject, "s");
  EXPECT_EQ(message.body, "one\ntwo\n");
}

// SUP-4: a value is a value, whatever it holds.
TEST(Templates, HostileValuesAreInert) {
  const Folder folder;
  TemplateValues hostile = values;
  hostile.product = "a\r\nBcc: everybody@example.org";
  hostile.provider = "{{reference}}";
  hostile.reference = "\xff\x1b[31m" + std::string(10'000, 'x');
  const auto message = folder.templates().render(MessageKind::initial, "en", hostile);
  EXPECT_EQ(message.subject, "a  Bcc: everybody@example.org and {{reference}}");
  EXPECT_TRUE(message.body.starts_with("Hello \xef\xbf\xbd [31mxxx"));
  EXPECT_LE(message.body.size(), max_template_value_bytes + 8);
}

// SUP-4: an operator is told where the fault is and what would be right.
TEST(Templates, FaultsNameTheirPlace) {
  const Folder folder;
  const auto problem_with = [&](const std::string& text) {
    folder.write("en/initial.txt", text);
    return folder.problem();
  };
  EXPECT_EQ(problem_with("Subject: s\n\na\nb {{provder}}\n"),
            "/en/initial.txt:4: \"{{provder}}\" is no placeholder; there are {{product}}, {{provider}}, {{data_type}}, "
            "{{failed_at}}, {{reference}}, {{console_url}}");
  EXPECT_EQ(problem_with("Subject: {{ product }}\n\na\n").substr(0, 51),
            "/en/initial.txt:1: \"{{ product }}\" is no placeholde");
  EXPECT_EQ(problem_with("Subject: s\n\n{{product\n}}\n"), "/en/initial.txt:3: \"{{\" without \"}}\" on its line");
  EXPECT_EQ(problem_with("Hello\n\na\n"), "/en/initial.txt:1: the first line must be \"Subject: \" and the subject");
  EXPECT_EQ(problem_with("Subject:  \n\na\n"),
            "/en/initial.txt:1: the first line must be \"Subject: \" and the subject");
  EXPECT_EQ(problem_with(""), "/en/initial.txt:1: the first line must be \"Subject: \" and the subject");
  EXPECT_EQ(problem_with("Subject: s\nbody\n"),
            "/en/initial.txt:2: the second line must be empty; the body begins on the third");
  EXPECT_EQ(problem_with("Subject: s"),
            "/en/initial.txt:2: the second line must be empty; the body begins on the third");
  EXPECT_EQ(problem_with("Subject: s\n\n \n"), "/en/initial.txt:3: there is no body; write the message here");
  EXPECT_EQ(problem_with("Subject: s\n\na\n\xe4\n"), "/en/initial.txt:4: this is no UTF-8; save the file as UTF-8");
  EXPECT_EQ(problem_with(std::string("Subject: s\n\na\0\n", 15)),
            "/en/initial.txt:3: a control character; only line breaks and tabs may stand here");
  EXPECT_EQ(problem_with("Subject: a\rBcc: b\n\na\n"),
            "/en/initial.txt:1: a control character; only line breaks and tabs may stand here");
}

// SUP-4: one past each maximum.
TEST(Templates, TheMaximumsHold) {
  const Folder folder;
  const auto problem_with = [&](const std::string& text) {
    folder.write("en/initial.txt", text);
    return folder.problem();
  };
  const std::string begin = "Subject: s\n\n";
  EXPECT_EQ(problem_with(begin + std::string(max_template_bytes - begin.size(), 'a')), "");
  EXPECT_EQ(problem_with(begin + std::string(max_template_bytes - begin.size() + 1, 'a')),
            "/en/initial.txt: longer than 16384 bytes; shorten it");
  EXPECT_EQ(problem_with("Subject: " + std::string(max_template_subject_bytes, 's') + "\n\na"), "");
  EXPECT_EQ(problem_with("Subject: " + std::string(max_template_subject_bytes + 1, 's') + "\n\na"),
            "/en/initial.txt:1: the subject is longer than 200 bytes; shorten it");
  folder.write("en/initial.txt", good);
  std::vector<std::string> paths;
  std::vector<EmbeddedFile> files;
  paths.reserve(max_template_locales + 1);
  files.reserve(max_template_locales + 1);
  for (std::size_t i = 0; i <= max_template_locales; ++i) paths.push_back("en-" + std::to_string(i) + "/initial.txt");
  for (const auto& path : paths) files.push_back({path, good});
  EXPECT_EQ(Templates::from_files(files, "t").error().message, "t: more than 64 languages");
}

// SUP-4: a set with gaps is refused before anybody waits for a mail.
TEST(Templates, GapsAreRefused) {
  const Folder folder;
  folder.write("de/initial.txt", good);
  EXPECT_EQ(folder.problem(),
            "/de/resolved.txt: is missing; each language needs initial.txt, resolved.txt, action_needed.txt");
  folder.remove("de/initial.txt");
  EXPECT_EQ(folder.problem(),
            "/de: holds no message; each language needs initial.txt, resolved.txt, action_needed.txt");
  folder.remove("de");
  folder.write("en/intial.txt", good);
  EXPECT_EQ(folder.problem(),
            "/en/intial.txt: no message has this name; there are initial.txt, resolved.txt, action_needed.txt");
  folder.remove("en/intial.txt");
  folder.write("DE/initial.txt", good);
  EXPECT_EQ(folder.problem(),
            "/DE/initial.txt: not in a folder named by a language, in lower case (\"de\", \"pt-br\")");
  folder.remove("DE");
  EXPECT_EQ(folder.problem(), "");
  folder.remove("en");
  EXPECT_EQ(folder.problem(), ": has no folder \"en\"; it is needed for everybody whose language is missing");
  folder.remove("");
  EXPECT_EQ(folder.problem(), ": cannot be read (No such file or directory); name a folder of templates");
}

}  // namespace
}  // namespace syncwell::support
