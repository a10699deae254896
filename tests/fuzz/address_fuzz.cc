// Lines: a recipient, a mapping address, a Received body. Routing decides about each recipient, and RCPT
// agrees.
#include <cstdint>
#include <string_view>

#include "routing/collected_recipients.h"
#include "routing/pipeline.h"

namespace {

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stagecoach;
  using namespace stagecoach::routing;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string recipient(take_line(text)), pattern(take_line(text)), received(take_line(text));
  User fred;
  fred.name = "fred";
  Mapping mapping;
  mapping.address = pattern;
  mapping.target = "fred";
  RoutingOptions options;
  options.local_domains = {"example.com", "*.example.org"};
  options.default_domain = "example.com";
  const Directory directory({{fred}, {mapping}, {}, {}}, options);
  Arrival arrival;
  arrival.envelope.recipients = {{recipient, notify_unset, {}}};
  Facts facts;
  const RoutingInput input{arrival, directory, facts};
  const Plan plan = run_pipeline(Pipeline(), input);
  const bool taken = !plan.deliveries.empty() || !plan.list_work.empty() || plan.discard;
  if (taken != plan.refused.empty()) __builtin_trap();  // exactly one of both, for a stranger
  const RecipientVerdict verdict = check_recipient(Pipeline(), input, arrival.envelope.recipients.front());
  if (verdict.accepted != plan.refused.empty()) __builtin_trap();
  CollectorRouting rules;
  rules.accepted_domains = AddressSet({"example.com"});
  collected_recipients({{"Received", received, {}}}, rules, directory);
  return 0;
}
