#include "routing/sending/sender_rewriting.h"

#include "routing/sending/batv.h"
#include "routing/sending/srs.h"

namespace stagecoach::routing {
namespace {

/// What may stand in a local part without quotes: quoted ones and address literals are left alone.
bool is_plain(std::string_view text) {
  return text.find_first_of(" \"(),:;<>@[\\]\t\r\n") == std::string_view::npos;
}

RewrittenPath result_of(const char* rule, const std::string& path, std::optional<std::string> rewritten) {
  if (!rewritten) return {rule, {}, path + " stays the return path: it would be longer than 64 octets"};
  std::string text = "the return path " + path + " becomes " + *rewritten;
  return {rule, std::move(*rewritten), std::move(text)};
}

}  // namespace

std::optional<RewrittenPath> rewritten_path(const Directory& directory, const std::string& path,
                                            bool forwarded, bool own, Time now) {
  const auto& [srs, batv] = directory.options().bounce_addresses;
  if (path.empty() || (!srs.on() && !batv.on())) return std::nullopt;
  const Address address = split_address(path);
  if (address.domain.empty() || address.local.empty() || !is_plain(address.local) ||
      !is_plain(address.domain))
    return std::nullopt;
  if (!directory.is_local_domain(address)) {
    if (!srs.on() || !forwarded) return std::nullopt;
    return result_of("srs", path, srs_forward(address, srs, day_of(now)));
  }
  if (!batv.on() || !own || is_srs(address) || batv_read(address, batv, day_of(now)) ||
      batv.exceptions.contains(address) ||
      directory.special_address(address).kind != Directory::Special::none)
    return std::nullopt;
  return result_of("batv", path, batv_tagged(address, batv, day_of(now)));
}

}  // namespace stagecoach::routing
