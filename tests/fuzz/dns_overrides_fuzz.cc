// Lines as DNS overrides, the first one as domain and sender: whatever compiles answers with servers that can
// be connected to, and never tells a password.
#include <cstdint>
#include <string>

#include "routing/sending/dns_overrides.h"

using namespace stagecoach::routing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 16384) return 0;
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; i < size; ++i)
    if (data[i] == '\n')
      lines.emplace_back();
    else
      lines.back() += static_cast<char>(data[i]);
  const std::string first = lines.front();
  const auto overrides = DnsOverrides::parse({lines.begin() + 1, lines.end()});
  if (!overrides) return overrides.error().reason.empty();
  const SendingFacts facts{3, 50000, std::chrono::minutes(70), first, first};
  OverrideAnswer answer = overrides->answer(first, facts, nullptr);
  if (answer.needs_real) answer = overrides->answer(first, facts, &lines);
  if (answer.needs_real || answer.found != !answer.hosts.empty()) __builtin_trap();
  for (const OverrideHost& host : answer.hosts)
    if (host.name.empty() || host.port < 1 || host.port > 65535 || host.line < 1) __builtin_trap();
  (void)describe(answer);
  return 0;
}
