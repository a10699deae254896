// The first line is a header value and a footer, the rest a message: header edits leave the body alone, a
// footer leaves what is protected alone, and no value becomes a field of its own.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocols/mime/footer.h"
#include "protocols/mime/header.h"
#include "protocols/mime/rewrite.h"

using namespace stagecoach;
using namespace stagecoach::mime;

static void require(bool promise) {
  if (!promise) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(text.find('\n'), text.size());
  const std::string value(text.substr(0, end));
  const auto message = text.substr(std::min(end + 1, text.size()));
  using Kind = HeaderEdit::Kind;
  require(rewrite(message, {}) == message);

  const auto before = parse_header_section(message);
  const std::string edited = edit_header(
      message, {{Kind::set, "From", value}, {Kind::add, "Received", value}, {Kind::remove, "To", ""}});
  const auto after = parse_header_section(edited);
  require(after.fields.size() <= before.fields.size() + 2);
  if (before.complete) require(edited.substr(after.size_bytes) == message.substr(before.size_bytes));

  const std::string footed = add_footer(message, {value, "<b>" + value + "</b>"});
  require(!is_protected(message) || footed == message);
  require(parse_header_section(footed).fields.size() <= before.fields.size() + 3);
  (void)rewrite(message, {.header = {{Kind::set, value, value}}, .footer = {value, value}});
  return 0;
}
