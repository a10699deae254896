// The first line as a recipient, all else as a domain filter: whatever compiles decides within its limits.
#include <cstdint>
#include <string>

#include "routing/sending/domain_filter.h"

using namespace stagecoach::routing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 16384) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string recipient = text.substr(0, text.find('\n'));
  const auto filter = DomainFilter::parse(text.substr(recipient.size()));
  if (!filter) return filter.error().reason.empty();
  const auto decision = filter->decide({3, 50000, std::chrono::minutes(70), recipient, recipient}, recipient);
  if (decision.text.empty() || decision.line < 0) __builtin_trap();
  return 0;
}
