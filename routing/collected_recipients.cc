#include "routing/collected_recipients.h"

#include <unordered_set>

#include "routing/lan_rules.h"
#include "routing/sending/batv.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_recipients_max = 1000;  // what a header section may name; the rest is ignored

bool is_standard(const HeaderField& field, bool ignore_resent) {
  for (const char* name : {"To", "Cc", "Apparently-To"})
    if (equals_ignoring_case(field.name, name)) return true;
  if (ignore_resent) return false;
  for (const char* name : {"Resent-To", "Resent-Cc", "Resent-Bcc"})
    if (equals_ignoring_case(field.name, name)) return true;
  return false;
}

class Search {
 public:
  Search(const HeaderFields& header, const CollectorRouting& rules, const Directory& directory)
      : header_(header), rules_(rules), directory_(directory) {}

  std::vector<CollectedRecipient> run() {
    for (const HeaderSlot slot : rules_.order) {
      switch (slot) {
        case HeaderSlot::special: special(); break;
        case HeaderSlot::standard: standard(); break;
        case HeaderSlot::received: received(); break;
        case HeaderSlot::stop_if_any:
          if (any_valid_) return std::move(found_);
          break;
        case HeaderSlot::stop: return std::move(found_);
      }
    }
    return std::move(found_);
  }

 private:
  /// Calls read(field) in the given order until, unless all are read, a field matches (read returns true).
  template <class Read>
  void each_field(ReadOrder order, Read read) {
    if (order == ReadOrder::reversed) {
      for (auto field = header_.rbegin(); field != header_.rend(); ++field)
        if (read(*field)) return;
    } else {
      for (const HeaderField& field : header_)
        if (read(field) && order == ReadOrder::forwards) return;
    }
  }

  void special() {
    each_field(rules_.read_special, [&](const HeaderField& field) {
      bool matched = false;
      for (const SpecialHeader& definition : rules_.special_headers) {
        if (!equals_ignoring_case(definition.field_name(), field.name)) continue;
        for (const std::string& text : definition.addresses_in(field.body)) {
          offer(split_address(text), field.name);
          matched = true;
        }
      }
      return matched;
    });
  }

  void standard() {
    for (const HeaderField& field : header_) {
      if (!is_standard(field, rules_.ignore_resent)) continue;
      for (const Address& address : field.addresses)
        if (!address.domain.empty() || !rules_.ignore_standard_without_at) offer(address, field.name);
    }
  }

  void received() {
    each_field(rules_.read_received, [&](const HeaderField& field) {
      if (!equals_ignoring_case(field.name, "Received")) return false;
      const std::string text = received_for(field.body);
      if (text.empty()) return false;
      const Address address = split_address(text);
      if (address.domain.empty() && rules_.ignore_received_without_at) return false;
      offer(address, field.name);
      return true;
    });
  }

  void offer(const Address& address, const std::string& from) {
    if (address.local.empty() || found_.size() >= k_recipients_max || !seen_.insert(address.key()).second)
      return;
    const bool valid = is_recognised(address, rules_, directory_);
    const bool expected = address.domain.empty() || rules_.accepted_domains.contains(address);
    if (!expected && directory_.mappings_for(address, {&rules_}).empty() &&
        !lan_rule_for(directory_, address, {&rules_}))
      return;
    any_valid_ |= valid;
    found_.push_back({address, valid, from});
  }

  const HeaderFields& header_;
  const CollectorRouting& rules_;
  const Directory& directory_;
  std::vector<CollectedRecipient> found_;
  std::unordered_set<std::string> seen_;
  bool any_valid_ = false;
};

}  // namespace

std::vector<CollectedRecipient> collected_recipients(const HeaderFields& header,
                                                     const CollectorRouting& rules,
                                                     const Directory& directory) {
  return Search(header, rules, directory).run();
}

bool is_recognised(const Address& address, const CollectorRouting& rules, const Directory& directory) {
  if (const BatvRules& batv = directory.options().bounce_addresses.batv; batv.on())
    if (const auto tagged = batv_read(address, batv, 0))  // whether it is genuine is asked later
      return is_recognised(tagged->address, rules, directory);
  const MappingScope scope{&rules};
  if (!directory.mappings_for(address, scope).empty() || lan_rule_for(directory, address, scope)) return true;
  const bool own = address.domain.empty() || rules.accepted_domains.contains(address);
  if (!own) return false;
  if (equals_ignoring_case(address.local, "postmaster")) return directory.postmaster() != nullptr;
  if (!rules.disable_default_mapping) {
    const User* user = directory.find_user(address.local);
    if (user && user->profile->permissions.receive_internet) return true;
    const MailList* list = directory.find_list(address.local);
    if (list && list->allow_incoming) return true;
  }
  if (directory.special_address(address).kind != Directory::Special::none) return true;
  return !directory.unrecognised_mappings_for(address, scope).empty() ||
         unrecognised_lan_rule_for(directory, address, scope);
}

}  // namespace stagecoach::routing
