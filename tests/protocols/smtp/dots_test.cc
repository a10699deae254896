#include <gtest/gtest.h>

#include "protocols/smtp/dot_decoder.h"
#include "protocols/smtp/dot_encoder.h"

namespace stagecoach::smtp {
namespace {

std::string encode(DotEncoder encoder, std::string_view text, std::size_t step) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += step) encoder.encode(text.substr(at, step), out);
  encoder.finish(out);
  return out;
}

TEST(DotEncoder, StuffsForEverySplit) {
  using Encoder = DotEncoder;
  const Encoder normal(Encoder::Dots::stuff, Encoder::LineEnds::normalise);
  const Encoder exact(Encoder::Dots::stuff, Encoder::LineEnds::exact);
  const Encoder chunks(Encoder::Dots::none, Encoder::LineEnds::normalise);
  const struct {
    const Encoder& encoder;
    const char* text;
    const char* wire;
  } cases[] = {
      {normal, "a\r\n.b\r\n", "a\r\n..b\r\n.\r\n"},
      {normal, "", ".\r\n"},
      {normal, ".", "..\r\n.\r\n"},
      {normal, "a\n.\nb\r.\rc", "a\r\n..\r\nb\r\n..\r\nc\r\n.\r\n"},
      {normal, "a\r\r\n\n", "a\r\n\r\n\r\n.\r\n"},
      {exact, "a\n.b\r\n", "a\n..b\r\n.\r\n"},
      {exact, "a\n", "a\n\r\n.\r\n"},
      {exact, "a\r\n\r\n", "a\r\n\r\n.\r\n"},
      {exact, "..\r\n.\r", "...\r\n..\r\r\n.\r\n"},
      {chunks, ".a\n.", ".a\r\n.\r\n"},
  };
  for (const auto& [encoder, text, wire] : cases)
    for (const std::size_t step : {1, 2, 3, 100})
      EXPECT_EQ(encode(encoder, text, step), wire) << text << step;
}

TEST(DotDecoder, UndoesTheEncoder) {
  const std::string text = ".a\r\n..\r\n\r\n.\r\nx.\r\n";
  const std::string wire = encode({DotEncoder::Dots::stuff, DotEncoder::LineEnds::exact}, text, 7) + "rest";
  for (const std::size_t step : {1, 2, 3, 5, 100}) {
    DotDecoder decoder;
    std::string out;
    std::size_t at = 0;
    while (!decoder.ended()) at += decoder.decode(std::string_view(wire).substr(at, step), out);
    EXPECT_EQ(out, text) << step;
    EXPECT_EQ(wire.substr(at), "rest") << step;
    EXPECT_FALSE(decoder.saw_bare_cr() || decoder.saw_bare_lf());
    EXPECT_EQ(decoder.longest_line(), 2);
  }
}

TEST(DotDecoder, NormalisesLineEnds) {
  for (const std::size_t step : {1, 2, 100}) {
    DotDecoder decoder(DotDecoder::BareLineEnds::normalise);
    const std::string wire = "a\nb\rc\r\r\n.\n..\r\n.\r\n";
    std::string out;
    for (std::size_t at = 0; at < wire.size(); at += step)
      decoder.decode(std::string_view(wire).substr(at, step), out);
    EXPECT_EQ(out, "a\r\nb\r\nc\r\n\r\n\r\n..\r\n");
    EXPECT_TRUE(decoder.ended() && decoder.saw_bare_cr() && decoder.saw_bare_lf());
  }
}

}  // namespace
}  // namespace stagecoach::smtp
