#include "actors/sending_edits.h"

#include "actors/unsubscribe.h"
#include "routing/list_post.h"

namespace stagecoach {

namespace {

std::vector<HeaderEdit> links_to_leave(const Node& node, const DeliveryTask& delivery) {
  if (delivery.way.list.empty() || delivery.envelope.recipients.size() != 1) return {};
  const DirectoryPtr directory = node.directory();
  const MailList* list = directory ? directory->find_list(delivery.way.list) : nullptr;
  if (!list) return {};
  const std::string url = unsubscribe_url(node, *list, delivery.envelope.recipients.front().address);
  if (url.empty()) return {};
  return {{HeaderEdit::Kind::set, "List-Unsubscribe",
           "<" + url + ">, " + routing::unsubscribe_by_mail(*list, *directory)},
          {HeaderEdit::Kind::set, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}};
}

}  // namespace

SendingEdits sending_edits(const Node& node, const DeliveryTask& delivery) {
  SendingEdits edits{links_to_leave(node, delivery), nullptr};
  if (!delivery.own) return edits;
  if (DkimKeysPtr keys = node.dkim_keys(); !keys->empty()) edits.keys = std::move(keys);
  return edits;
}

}  // namespace stagecoach
