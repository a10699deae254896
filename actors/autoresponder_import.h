// Automatic answers of one user as a file, and changes of them as a whole: export, import, the order of
// rules. The file has the settings of [user.autoresponder] at its top level: [[definitions]], [[rules]].
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/model/autoresponder.h"
#include "routing/model/result.h"

namespace stagecoach {

/// One definition with the rules that name it, or everything (""). `not_found`: there is none of this name.
Result<Autoresponder> select_answers(const Autoresponder& all, const std::string& definition);

/// A file whose faults are all found before anything is changed: a line each with file, line and key. Rules
/// may name definitions of the file, of `known` or one of the templates.
Result<Autoresponder> read_answers(std::string_view text, const std::string& file, const Autoresponder& known,
                                   const std::vector<std::string>& templates);

enum class SameNames : std::uint8_t { refuse, replace };
/// Definitions and rules of `added` behind those that are there; one of the same name takes its place or is
/// refused. Filters and triggers are added.
Result<Autoresponder> merge_answers(Autoresponder all, const Autoresponder& added, SameNames same_names);

/// Puts a rule before another one.
Result<Autoresponder> move_rule_before(Autoresponder all, const std::string& rule, const std::string& other);
/// Makes it the one at this place, from 1.
Result<Autoresponder> move_rule_to(Autoresponder all, const std::string& rule, std::size_t place);

}  // namespace stagecoach
