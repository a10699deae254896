#include "routing/sending/srs.h"

#include "tests/routing/sending/mac_fixture.h"

namespace stagecoach::routing {
namespace {

SrsRules rules(const std::string& secret = "secret") { return {true, "example.com", 21, test_mac(secret)}; }
std::string forward(const std::string& path, std::int64_t today = 20000, const SrsRules& by = rules()) {
  return srs_forward(split_address(path), by, today).value_or("");
}
/// The original path, or the reason why there is none.
std::string reverse(const std::string& address, std::int64_t today = 20000, const SrsRules& by = rules()) {
  const auto result = srs_reverse(split_address(address), by, today);
  return result ? *result : result.error().reason;
}

TEST(Srs, RewritesAndComesBack) {  // WIK-016
  const std::string path = forward("ann@remote.example");
  EXPECT_TRUE(path.starts_with("SRS0=")) << path;
  EXPECT_TRUE(path.ends_with("=remote.example=ann@example.com")) << path;
  for (const char* one : {"ann@remote.example", "a=b=c@remote.example", "Ann.Smith+x@Remote.example", "-@x"})
    EXPECT_EQ(reverse(forward(one)), one);
}

TEST(Srs, IsValidForItsAge) {
  for (const std::int64_t made : {20000, 20479, 20480, 20481}) {  // 20480 is a multiple of 1024
    const std::string path = forward("ann@remote.example", made);
    EXPECT_EQ(reverse(path, made), "ann@remote.example");
    EXPECT_EQ(reverse(path, made + 21), "ann@remote.example");
    EXPECT_EQ(reverse(path, made + 22), "The return path is no longer valid");
    EXPECT_EQ(reverse(path, made - 1), "The return path is no longer valid") << "from the future";
  }
}

TEST(Srs, RefusesWhatItHasNotWritten) {
  const std::string path = forward("ann@remote.example");
  EXPECT_EQ(reverse(path, 20000, rules("another")), "This server did not write the return path");
  for (std::size_t i = 5; i < path.find('@'); ++i) {
    std::string other = path;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    if (to_lower(other) == to_lower(path)) continue;
    EXPECT_NE(reverse(other), "ann@remote.example") << other;
  }
  for (const char* damaged : {"SRS0=@example.com", "SRS0=A@example.com", "SRS0=A=B=C@example.com",
                              "SRS0====@example.com", "SRS1=A@example.com", "SRS1=A==@example.com"})
    EXPECT_EQ(reverse(damaged), "The return path is damaged") << damaged;
}

TEST(Srs, DoesNotCareForCase) {
  const std::string path = forward("ann@remote.example");
  EXPECT_EQ(reverse(to_lower(path)), "ann@remote.example");
}

TEST(Srs, PassesOnWhatOthersHaveWritten) {
  const SrsRules theirs{true, "b.example", 21, test_mac("theirs")};
  const SrsRules third{true, "c.example", 21, test_mac("third")};
  const std::string first = forward("ann@a.example", 20000, theirs);
  const std::string second = forward(first);
  EXPECT_TRUE(second.starts_with("SRS1=")) << second;
  EXPECT_EQ(reverse(second), first);
  const std::string again = forward(second, 20000, third);  // the third one goes back to the first at once
  EXPECT_EQ(reverse(again, 20000, third), first);
  EXPECT_EQ(again.size(),
            second.size() - std::string("example.com").size() + std::string("c.example").size());
  EXPECT_EQ(reverse(first, 20000, theirs), "ann@a.example");
  EXPECT_EQ(reverse(forward("SRS0+xyz=TT=a.example=ann@b.example")), "SRS0+xyz=TT=a.example=ann@b.example");
}

TEST(Srs, LeavesLongAddressesAlone) {
  EXPECT_NE(forward(std::string(40, 'a') + "@x.example"), "");  // 64 octets
  EXPECT_EQ(forward(std::string(41, 'a') + "@x.example"), "");
}

TEST(Srs, KnowsItsForm) {
  for (const char* yes : {"SRS0=x@a", "srs1=y@a", "SRS0+x@a", "Srs0-x@a"})
    EXPECT_TRUE(is_srs(split_address(yes)));
  for (const char* no : {"SRS0@a", "SRS2=x@a", "SRS0x=@a", "fred@a", "SRS0=@a", ""})
    EXPECT_FALSE(is_srs(split_address(no))) << no;
}

}  // namespace
}  // namespace stagecoach::routing
