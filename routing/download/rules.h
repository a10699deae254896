// The list of download rules, compiled, and what it decides about one message: from top to bottom, the first
// rule that matches decides; set_header_and_continue, if, else and endif go on. Nothing matched: download.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/download/actions.h"
#include "routing/download/condition.h"
#include "routing/model/arrival.h"
#include "routing/model/plan.h"

namespace stagecoach::routing {

/// A rule that was looked at. `number` counts from 1 in the order of the list.
struct TriedRule {
  std::size_t number = 0;
  std::string name, where;
  DownloadAction action = DownloadAction::download;
  bool matched = false;
  std::string why;  // "Subject contains \"offer\": no"; "inside an if that does not hold"
};

struct DownloadDecision {
  DownloadAction action = DownloadAction::download;
  std::vector<CollectedTarget> targets;
  std::vector<HeaderEdit> header;  // lines that rules add, in their order
  std::vector<TriedRule> tried;

  const ActionMeaning& meaning() const { return meaning_of(action); }
  /// Where the message goes when it is fetched.
  Redirection redirection() const;
  /// The value of X-Stagecoach-Rules, "2 \"Customers\" copy"; empty: no rule acted.
  std::string rules_field() const;
  /// The same when somebody has asked for the message itself: a question becomes a download, and what would
  /// delete or ignore it does not count.
  DownloadDecision as_wanted() const;
};

/// What is wrong with a rule: `key` is the setting.
struct DownloadFault {
  std::size_t place = 0;  // in the list
  std::string key, text;
  bool is_warning = false;
};

/// "fred Customers" and "bob@example.com".
CollectedTarget parse_target(std::string_view text);

class DownloadRules {
 public:
  /// A rule with a fault in its conditions never matches.
  explicit DownloadRules(const std::vector<DownloadRule>& rules);

  const std::vector<DownloadFault>& faults() const { return faults_; }
  DownloadDecision decide(const DownloadFacts& facts) const;

 private:
  struct Rule {
    DownloadRule text;
    std::vector<DownloadTest> tests;
    std::vector<CollectedTarget> targets;
    HeaderEdit header;
    bool broken = false;
  };
  Rule compile(const DownloadRule& text, std::size_t place);
  void check_shape(const DownloadRule& text, std::size_t place);
  void check_blocks();
  static bool matches(const Rule& rule, const DownloadFacts& facts, std::string& why);

  std::vector<Rule> rules_;
  std::vector<DownloadFault> faults_;
};

}  // namespace stagecoach::routing
