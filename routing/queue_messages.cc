#include "routing/queue_messages.h"

#include <algorithm>
#include <deque>
#include <string_view>
#include <unordered_set>

namespace stagecoach::routing {
namespace {

struct QueueMessage {
  int changes = 0;    // the rendition that it looks like
  int rendition = 0;  // its own
  std::int64_t hold_minutes = 0, delete_after_minutes = 0;
  std::unordered_set<std::string_view> addresses;

  bool fits(const Enqueue& entry) const {
    return changes == entry.rendition && hold_minutes == entry.hold_minutes &&
           delete_after_minutes == entry.delete_after_minutes && !addresses.contains(entry.recipient.address);
  }
};

class Separation {
 public:
  explicit Separation(Plan& plan) : plan_(plan) {}

  void place(Enqueue& entry) {
    auto found = std::find_if(messages_.begin(), messages_.end(),
                              [&](const QueueMessage& message) { return message.fits(entry); });
    if (found == messages_.end()) found = messages_.insert(messages_.end(), new_message(entry));
    found->addresses.insert(entry.recipient.address);
    entry.rendition = found->rendition;
  }

 private:
  QueueMessage new_message(const Enqueue& entry) {
    QueueMessage message{
        entry.rendition, entry.rendition, entry.hold_minutes, entry.delete_after_minutes, {}};
    const bool taken = std::any_of(messages_.begin(), messages_.end(), [&](const QueueMessage& other) {
      return other.rendition == entry.rendition;
    });
    if (!taken) return message;
    Rendition copy =
        entry.rendition > 0 ? plan_.renditions[static_cast<std::size_t>(entry.rendition) - 1] : Rendition{};
    plan_.renditions.push_back(std::move(copy));
    message.rendition = static_cast<int>(plan_.renditions.size());
    // A mirror is of the same message as its copy.
    for (Delivery& delivery : plan_.deliveries)
      if (delivery.user == entry.mirror_of && delivery.rendition == entry.rendition)
        delivery.rendition = message.rendition;
    return message;
  }

  Plan& plan_;
  std::deque<QueueMessage> messages_;
};

}  // namespace

void separate_queue_messages(Plan& plan) {
  Separation separation(plan);
  for (Enqueue& entry : plan.enqueue)
    if (!entry.mirror_of.empty()) separation.place(entry);
  for (Enqueue& entry : plan.enqueue)
    if (entry.mirror_of.empty()) separation.place(entry);
}

}  // namespace stagecoach::routing
