#include "protocols/mime/structure.h"

#include <gtest/gtest.h>

#include "protocols/imap/envelope.h"
#include "protocols/mime/part_index.h"

namespace stagecoach::mime {
namespace {

/// "multipart/mixed[text/plain{hello} image/png{…}]" with line ends of bodies as "/".
std::string shown(const Part& part, const std::string& message) {
  std::string text = part.type + "/" + part.subtype;
  if (!part.children.empty()) {
    text += '[';
    for (const Part& child : part.children) text += (text.back() == '[' ? "" : " ") + shown(child, message);
    return text + ']';
  }
  std::string body = message.substr(part.body_offset, part.size_bytes());
  std::erase(body, '\r');
  for (char& c : body)
    if (c == '\n') c = '/';
  return text + '{' + body + '}' + std::to_string(part.lines);
}

const std::string k_mixed = "Content-Type: multipart/mixed; boundary=\"b\"\n\n";

const struct {
  const char* name;
  std::string message;
  const char* structure;
} k_cases[] = {
    {"no MIME", "Subject: x\n\nhello\nyou\n", "text/plain{hello/you/}2"},
    {"no header", "\nhello", "text/plain{hello}0"},
    {"nothing", "", "text/plain{}0"},
    {"only a header", "Subject: x\n", "text/plain{}0"},
    {"two parts", k_mixed + "pre\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\nlines\n--b--\npost\n",
     "multipart/mixed[text/plain{one}0 text/html{two/lines}1]"},
    {"an empty part", k_mixed + "--b\n\n--b--\n", "multipart/mixed[text/plain{}0]"},
    {"no last boundary", k_mixed + "--b\n\none\n", "multipart/mixed[text/plain{one/}1]"},
    {"last boundary without line end", k_mixed + "--b\n\none\n--b--", "multipart/mixed[text/plain{one}0]"},
    {"white space behind a boundary", k_mixed + "--b  \n\none\n--b-- \n",
     "multipart/mixed[text/plain{one}0]"},
    {"a longer boundary is another one", k_mixed + "--b\n\none\n--bc\ntwo\n--b--\n",
     "multipart/mixed[text/plain{one/--bc/two}2]"},
    {"a header cut off by a boundary", k_mixed + "--b\nContent-Type: text/html\n--b\n\ntwo\n--b--\n",
     "multipart/mixed[text/html{}0 text/plain{two}0]"},
    {"no boundary at all", k_mixed + "text\n", "text/plain{text/}1"},
    {"no boundary parameter", "Content-Type: multipart/mixed\n\ntext\n", "text/plain{text/}1"},
    {"nested",
     k_mixed + "--b\nContent-Type: multipart/alternative; "
               "boundary=i\n\n--i\n\nx\n--i\n\ny\n--i--\n--b\n\nz\n--b--\n",
     "multipart/mixed[multipart/alternative[text/plain{x}0 text/plain{y}0] text/plain{z}0]"},
    {"the outer boundary ends the inner multipart",
     k_mixed + "--b\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\nx\n--b\n\nz\n--b--\n",
     "multipart/mixed[multipart/alternative[text/plain{x}0] text/plain{z}0]"},
    {"a message inside", k_mixed + "--b\nContent-Type: message/rfc822\n\nSubject: in\n\ninner\n--b--\n",
     "multipart/mixed[message/rfc822[text/plain{inner}0]]"},
    {"an encoded message is opaque",
     k_mixed + "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3Vi\n--b--\n",
     "multipart/mixed[application/octet-stream{U3Vi}0]"},
    {"a digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: in\n\ninner\n--b--\n",
     "multipart/digest[message/rfc822[text/plain{inner}0]]"},
    {"a message without end of header", k_mixed + "--b\nContent-Type: message/rfc822\n\nSubject: in\n--b--\n",
     "multipart/mixed[message/rfc822[text/plain{}0]]"},
    {"a cut message/rfc822 header", k_mixed + "--b\nContent-Type: message/rfc822\n--b--\n",
     "multipart/mixed[message/rfc822[text/plain{}0]]"},
    {"dashes that are no boundary", k_mixed + "--b\n\n- one\n-- two\n--\n--b--\n",
     "multipart/mixed[text/plain{- one/-- two/--}2]"},
};

std::string with_cr(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '\n' ? "\r\n" : std::string(1, c);
  return result;
}

Structure byte_by_byte(const std::string& message) {
  StructureScanner scanner;
  for (const char& c : message) scanner.feed({&c, 1});
  return scanner.finish();
}

TEST(Structure, FindsThePartsInEverySplitOfTheStream) {
  for (const auto& c : k_cases) {
    for (const std::string& message : {with_cr(c.message), c.message}) {
      const Structure whole = scan_structure(message);
      EXPECT_EQ(shown(whole.root, message), c.structure) << c.name;
      const Structure split = byte_by_byte(message);
      EXPECT_EQ(shown(split.root, message), c.structure) << c.name << ", byte by byte";
      EXPECT_EQ(serialize(whole), serialize(split)) << c.name;
      EXPECT_EQ(imap::bodystructure_text(whole), imap::bodystructure_text(split)) << c.name;
      EXPECT_EQ(whole.size_bytes, message.size()) << c.name;
    }
  }
}

TEST(Structure, LimitsDepthPartsAndHeaders) {
  std::string deep;
  for (int i = 0; i < 100; ++i)
    deep += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" + std::to_string(i) +
            "\n";
  const Structure nested = scan_structure(deep, {.depth_max = 5});
  const Part* part = &nested.root;
  std::size_t depth = 1;
  for (; !part->children.empty(); part = &part->children.front()) ++depth;
  EXPECT_EQ(depth, 5U);
  EXPECT_EQ(part->subtype, "octet-stream");

  std::string wide = k_mixed;
  for (int i = 0; i < 100; ++i) wide += "--b\n\nx\n";
  EXPECT_EQ(scan_structure(wide, {.parts_max = 10}).root.children.size(), 9U);

  const std::string long_header = "A: " + std::string(10000, 'x') + "\nContent-Type: text/html\n\nbody";
  const Structure cut = scan_structure(long_header, {.top_header_bytes_max = 100});
  EXPECT_EQ(cut.header.size(), 100U);
  EXPECT_EQ(cut.root.size_bytes(), 4U);
  const Structure part_cut =
      scan_structure(k_mixed + "--b\n" + long_header + "\n--b--\n", {.part_header_bytes_max = 100});
  EXPECT_EQ(part_cut.root.children.front().subtype, "octet-stream");
}

TEST(Structure, KeepsTheTopHeader) {
  const Structure structure =
      scan_structure("Subject: a\r\n b\r\nFrom: x@y.example\r\nFrom: z@y.example\r\n\r\nbody");
  EXPECT_EQ(structure.header, "Subject: a\r\n b\r\nFrom: x@y.example\r\nFrom: z@y.example\r\n\r\n");
  EXPECT_EQ(structure.envelope.subject, "a b");
  EXPECT_EQ(structure.envelope.from, "x@y.example, z@y.example");
}

const std::string k_sections = with_cr(
    "Subject: top\nContent-Type: multipart/mixed; boundary=b\n\n"
    "--b\nContent-Type: text/plain; charset=utf-8\n\none\n"
    "--b\nContent-Type: message/rfc822\n\nSubject: in\nContent-Type: multipart/mixed; boundary=i\n\n"
    "--i\n\ninner one\n--i\nContent-Type: text/html\n\ninner two\n--i--\n"
    "--b\nContent-Type: message/rfc822\n\nSubject: flat\n\nflat body\n--b--\n");

TEST(PartIndex, LocatesEverySection) {
  const auto index = parse_part_index(serialize(scan_structure(k_sections)));
  ASSERT_TRUE(index);
  using K = SectionKind;
  const struct {
    std::vector<std::uint32_t> path;
    K kind;
    const char* text;
  } cases[] = {
      {{1}, K::body, "one"},
      {{1}, K::mime, "Content-Type: text/plain; charset=utf-8\r\n\r\n"},
      {{1}, K::header, "none"},
      {{1, 1}, K::body, "none"},
      {{2}, K::header, "Subject: in\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"},
      {{2, 1}, K::body, "inner one"},
      {{2, 2}, K::body, "inner two"},
      {{2, 2}, K::mime, "Content-Type: text/html\r\n\r\n"},
      {{2, 3}, K::body, "none"},
      {{3}, K::text, "flat body"},
      {{3, 1}, K::body, "flat body"},
      {{3, 2}, K::body, "none"},
      {{4}, K::body, "none"},
      {{}, K::mime, "none"},
  };
  for (const auto& c : cases) {
    const auto range = locate(*index, c.path, c.kind);
    EXPECT_EQ(range ? k_sections.substr(range->offset, range->size_bytes) : "none", c.text);
  }
  EXPECT_EQ(locate(*index, {}, K::body), (Range{0, k_sections.size()}));
  EXPECT_EQ(locate(*index, {}, K::header)->offset, 0U);
  EXPECT_EQ(index->nodes[1].charset, "utf-8");
}

TEST(PartIndex, GivesASinglePartTheNumberOne) {
  const std::string message = "Subject: x\r\n\r\nbody";
  const auto index = parse_part_index(serialize(scan_structure(message)));
  const std::uint32_t one = 1, two = 2;
  EXPECT_EQ(locate(*index, {&one, 1}, SectionKind::body), (Range{14, 4}));
  EXPECT_FALSE(locate(*index, {&two, 1}, SectionKind::body).has_value());
}

TEST(PartIndex, RefusesDamagedText) {
  for (const char* text :
       {"", "x", "t0.1.2", "t0.1.2.1;", "t0.1.2.0;t0.1.2.0;", "t0.1;", "z0.1.2.0;", "t-1.1.2.0;"})
    EXPECT_FALSE(parse_part_index(text)) << text;
}

}  // namespace
}  // namespace stagecoach::mime
