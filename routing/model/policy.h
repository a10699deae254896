// What holds for all users: global signatures, monitoring, white and black lists, quotas, pruning.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "routing/model/autoresponder.h"
#include "routing/model/header_policy.h"
#include "routing/model/profile.h"

namespace stagecoach {

/// One direction of [signature]: outgoing or internal mail.
struct GlobalSignature {
  std::string default_plain, default_html;  // senders who did not log in, or no other exists
  std::string auth_plain, auth_html;        // senders who logged in
  bool operator==(const GlobalSignature&) const = default;
};

enum class MonitorMode : std::uint8_t { none, selected, all };

struct MonitorPolicy {
  MonitorMode incoming = MonitorMode::none, outgoing = MonitorMode::none, internal = MonitorMode::none;
  std::int64_t min_size_kb = 0;
  std::string target;  // a user or a list
  std::int64_t random_percent = 0;
  std::string random_target;
  std::string bcc_target;  // empty: no BCC monitoring
  std::string subject_prefix_incoming = "{mon-incoming} ", subject_prefix_outgoing = "{mon-outgoing} ",
              subject_prefix_internal = "{mon-internal} ";
  bool operator==(const MonitorPolicy&) const = default;
};

struct GlobalPermissions {
  std::vector<std::string> target_whitelist, target_blacklist;
  std::vector<std::string> sender_whitelist, sender_blacklist;
  bool operator==(const GlobalPermissions&) const = default;
};

struct QuotaPolicy {
  std::int64_t stage1_percent = 80, stage2_percent = 100, stage3_percent = 120;
  bool stage1_user = true, stage1_admin = false, stage2_user = true, stage2_admin = true, stage3_user = true,
       stage3_admin = true;
  std::int64_t block_send_percent = 125;  // 0: off
  std::int64_t daily_user_percent = 80, daily_admin_percent = 100;
  std::int64_t send_extra_percent = 0;
  bool operator==(const QuotaPolicy&) const = default;
};

struct DomainMapping {
  std::string from, to;
  bool operator==(const DomainMapping&) const = default;
};

struct GlobalPrune {
  std::vector<PruneRule> rules;
  std::int64_t recycle_bin_hours = 72;  // deleted messages can be restored for so long; 0: at once gone
  bool operator==(const GlobalPrune&) const = default;
};

struct OutgoingPolicy {
  std::int64_t hold_minutes = 0;          // new outgoing messages wait so long; 0: not
  std::int64_t delete_after_minutes = 0;  // unsent messages are returned after it; 0: never
  bool operator==(const OutgoingPolicy&) const = default;
};

/// Who gets the server's own messages of one kind: a user, "main_administrator" or "none".
using MessageTargets = std::map<std::string, std::string>;

struct Policy {
  AutoresponderPolicy autoresponder;
  std::vector<AutoresponderDefinition> autoresponder_templates;
  GlobalSignature outgoing_signature, internal_signature;
  MonitorPolicy monitor;
  GlobalPermissions permissions;
  QuotaPolicy quota;
  std::vector<DomainMapping> domain_mappings;
  std::vector<std::string> header_modifiers;  // "Field: data", of outgoing mail
  UrgentPolicy urgent;
  ReceiptPolicy receipts;
  GlobalPrune prune;
  OutgoingPolicy outgoing;
  MessageTargets message_targets;
  std::string welcome_message;
  bool operator==(const Policy&) const = default;
};

}  // namespace stagecoach
