// The dialogue of a collector or sender with `log_data`, as DialogueText shows it, in the log.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/log.h"
#include "protocols/dialogue/dialogue_text.h"

namespace stagecoach {

class DialogueLog {
 public:
  /// `wanted`: log_data; without it nothing is done.
  DialogueLog(Log& log, std::string area, std::string session, bool wanted, DialogueProtocol protocol)
      : log_(log), area_(std::move(area)), session_(std::move(session)) {
    if (wanted) text_.emplace(protocol);
  }

  void sent(std::string_view bytes) {
    if (text_) write(text_->sent(bytes));
  }
  void received(std::string_view bytes) {
    if (text_) write(text_->received(bytes));
  }

 private:
  void write(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) log_.info(area_, session_, line);
  }

  Log& log_;
  std::string area_, session_;
  std::optional<DialogueText> text_;
};

}  // namespace stagecoach
