// One condition of a download rule, compiled.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/civil_time.h"
#include "routing/download/rule.h"
#include "routing/header_field.h"
#include "routing/model/result.h"

namespace stagecoach::routing {

/// What conditions look at. `header` is as it was sent: unfolded, encoded words not decoded.
struct DownloadFacts {
  const HeaderFields& header;
  std::int64_t size_bytes = 0;
  LocalTime now{};
  std::string collector;
  std::int64_t collector_id = 0;
  std::vector<std::string> recipients;  // names and addresses that the mappings lead to
  std::int64_t valid_recipients = 0, invalid_recipients = 0;
};

class DownloadTest {
 public:
  /// Fails for data that the pseudo header or the operator cannot read.
  static Result<DownloadTest> compile(const DownloadCondition& condition);

  bool holds(const DownloadFacts& facts) const { return test_(facts) != inverted_; }
  /// "Subject contains \"offer\"", for log and explain.
  const std::string& text() const { return text_; }

 private:
  std::function<bool(const DownloadFacts&)> test_;
  bool inverted_ = false;
  std::string text_;
};

}  // namespace stagecoach::routing
