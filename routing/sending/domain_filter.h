// Domain filtering: the lines by which a sender attempts or skips a recipient of a waiting message. The
// language is in docs/reference/senders.md. Pure; compiled once for each configuration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/model/result.h"
#include "routing/sending/fact_test.h"

namespace stagecoach::routing {

class DomainFilter {
 public:
  struct Decision {
    bool attempt = true;
    int line = 0;           // the one that decided, from 1; 0: none matched
    std::string_view text;  // "skip: size > 50kB"; as long as the filter lives
  };

  /// Attempts everything.
  DomainFilter() = default;
  /// The error names the line: "line 3: …". Scripts above k_script_bytes_max are refused.
  static Result<DomainFilter> parse(std::string_view script);

  Decision decide(const SendingFacts& facts, std::string_view recipient) const;

  /// No line can skip anything.
  bool is_empty() const { return rules_.empty(); }
  /// Recipients of one message may be decided differently: there is a TO condition.
  bool depends_on_recipient() const { return depends_on_recipient_; }

  static constexpr std::size_t k_script_bytes_max = 64 * 1024;

 private:
  struct Rule {
    bool attempt = true;
    bool never = false;            // None
    bool tests_recipient = false;  // TO
    int line = 0;
    std::string text;
    std::vector<FactTest> tests;
  };
  static Result<Rule> parse_rule(std::string_view text);

  std::vector<Rule> rules_;
  bool has_attempt_ = false;
  bool depends_on_recipient_ = false;
};

}  // namespace stagecoach::routing
