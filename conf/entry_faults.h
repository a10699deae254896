// What is wrong with one entry of the directory although each of its settings is well formed: combinations,
// rules that cannot work. The same for declared entries (`check`) and for those that commands change.
#pragma once

#include <string>
#include <vector>

#include "routing/model/mail_list.h"
#include "routing/model/profile.h"

namespace stagecoach::conf {

struct EntryFault {
  std::string key;     // "routing.redirect_to_assistant"
  std::string reason;  // "cannot be combined with forward_to"
  Provenance where;    // of a rule inside the entry; empty: the entry's own
};

std::vector<EntryFault> faults_of(const Profile& profile);
std::vector<EntryFault> faults_of(const MailList& list);
std::vector<EntryFault> faults_of(const Group& group);

}  // namespace stagecoach::conf
