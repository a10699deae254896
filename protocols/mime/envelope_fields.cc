#include "protocols/mime/envelope_fields.h"

namespace stagecoach::mime {
namespace {

std::string joined(const HeaderSection& section, std::string_view name) {
  std::string text;
  for (const Field* field : section.find_all(name)) {
    if (!text.empty()) text += ", ";
    text += unfold(field->body);
  }
  return text;
}

}  // namespace

EnvelopeFields envelope_fields(const HeaderSection& section) {
  return {.date = section.text("Date"),
          .subject = section.text("Subject"),
          .from = joined(section, "From"),
          .sender = joined(section, "Sender"),
          .reply_to = joined(section, "Reply-To"),
          .to = joined(section, "To"),
          .cc = joined(section, "Cc"),
          .bcc = joined(section, "Bcc"),
          .in_reply_to = section.text("In-Reply-To"),
          .message_id = section.text("Message-ID")};
}

}  // namespace stagecoach::mime
