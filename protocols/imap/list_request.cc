#include "protocols/imap/list_request.h"

#include <algorithm>
#include <map>

#include "protocols/imap/folder_name.h"
#include "protocols/imap/wire.h"

namespace stagecoach::imap {
namespace {

constexpr std::size_t k_patterns_max = 50;

constexpr struct {
  const char* name;
  StatusItem item;
} k_items[] = {{"MESSAGES", status_messages},       {"RECENT", status_recent},
               {"UIDNEXT", status_uid_next},        {"UIDVALIDITY", status_uid_validity},
               {"UNSEEN", status_unseen},           {"SIZE", status_size},
               {"DELETED", status_deleted},         {"HIGHESTMODSEQ", status_highest_modseq},
               {"APPENDLIMIT", status_append_limit}};

bool parse_selection(Cursor& cursor, ListWork& list) {
  list.extended = true;
  while (!cursor.take(')')) {
    if (cursor.word("SUBSCRIBED"))
      list.select_subscribed = list.return_subscribed = true;
    else if (cursor.word("RECURSIVEMATCH"))
      list.recursive = true;
    else if (cursor.word("SPECIAL-USE"))
      list.select_special_use = true;
    else if (!cursor.word("REMOTE"))  // there are no remote folders: it adds nothing
      return false;
    cursor.space();
  }
  return cursor.space() && (!list.recursive || list.select_subscribed);
}

bool parse_return(Cursor& cursor, ListWork& list) {
  list.extended = true;
  if (!cursor.word("RETURN") || !cursor.space() || !cursor.take('(')) return false;
  while (!cursor.take(')')) {
    if (cursor.word("SUBSCRIBED")) {
      list.return_subscribed = true;
    } else if (cursor.word("STATUS")) {
      const auto items = cursor.space() ? parse_status_items(cursor) : std::nullopt;
      if (!items) return false;
      list.return_status = *items;
    } else if (!cursor.word("CHILDREN") && !cursor.word("SPECIAL-USE")) {  // both are returned always
      return false;
    }
    cursor.space();
  }
  return true;
}

bool add_pattern(Cursor& cursor, const std::string& reference, ListWork& list) {
  const auto wire = cursor.pattern();
  if (!wire || list.patterns.size() >= k_patterns_max) return false;
  const auto pattern = from_utf7(reference + *wire);
  if (!pattern || pattern->size() > 1000) return false;
  if (!wire->empty()) list.patterns.push_back(*pattern);
  return true;
}

struct Node {
  const FolderInfo* info = nullptr;  // null: only implied by a deeper name
  bool children = false;             // existing folders below it
  bool subscribed_below = false;
};

std::map<std::string, Node> tree_of(const std::vector<FolderInfo>& folders) {
  std::map<std::string, Node> nodes;
  for (const FolderInfo& folder : folders) {
    nodes[folder.name].info = &folder;
    for (auto slash = folder.name.rfind('/'); slash != std::string::npos && slash > 0;
         slash = folder.name.rfind('/', slash - 1)) {
      Node& parent = nodes[folder.name.substr(0, slash)];
      parent.children = parent.children || folder.exists;
      parent.subscribed_below = parent.subscribed_below || folder.subscribed;
    }
  }
  return nodes;
}

class Lister {
 public:
  Lister(const ListWork& list, std::vector<std::string>& existing) : list_(list), existing_(existing) {}

  void add(const std::string& name, const Node& node) {
    if (!matches(name)) return;
    const bool exists = node.info && node.info->exists;
    const bool subscribed = node.info && node.info->subscribed;
    if (list_.select_special_use && (!exists || node.info->special_use.empty())) return;
    if (list_.lsub)
      lsub(name, node, subscribed);
    else if (list_.select_subscribed)
      subscription(name, node, subscribed);
    else if (exists || node.children)
      line(name, node, subscribed, false);
  }

  std::string text() && { return std::move(out_); }

 private:
  bool matches(const std::string& name) const {
    return std::any_of(list_.patterns.begin(), list_.patterns.end(),
                       [&](const std::string& pattern) { return matches_pattern(pattern, name); });
  }

  /// RFC 3501 section 6.3.9: with "%" a level above a subscribed name is told as \Noselect.
  void lsub(const std::string& name, const Node& node, bool subscribed) {
    const bool percent = std::any_of(list_.patterns.begin(), list_.patterns.end(),
                                     [](const std::string& pattern) { return pattern.ends_with('%'); });
    if (!subscribed && !(percent && node.subscribed_below)) return;
    begin(subscribed ? "" : "\\Noselect");
    end(name, "");
  }

  void subscription(const std::string& name, const Node& node, bool subscribed) {
    const bool below = list_.recursive && node.subscribed_below;
    if (subscribed || below) line(name, node, subscribed, below);
  }

  void line(const std::string& name, const Node& node, bool subscribed, bool below) {
    const bool exists = node.info && node.info->exists;
    begin("");
    if (!exists) flag(list_.extended ? "\\NonExistent" : "\\Noselect");
    if (exists && !node.info->selectable) flag("\\Noselect");
    flag(node.children ? "\\HasChildren" : "\\HasNoChildren");
    if (subscribed && list_.return_subscribed) flag("\\Subscribed");
    if (exists && !node.info->special_use.empty()) flag(node.info->special_use);
    end(name, below ? " (\"CHILDINFO\" (\"SUBSCRIBED\"))" : "");
    if (exists && node.info->selectable) existing_.push_back(name);
  }

  void begin(std::string_view first_flag) {
    out_ += list_.lsub ? "* LSUB (" : "* LIST (";
    out_ += first_flag;
  }
  void flag(std::string_view name) {
    if (out_.back() != '(') out_ += ' ';
    out_ += name;
  }
  void end(const std::string& name, std::string_view extra) {
    out_ += ") \"/\" ";
    append_folder(out_, name);
    out_ += extra;
    out_ += "\r\n";
  }

  const ListWork& list_;
  std::vector<std::string>& existing_;
  std::string out_;
};

}  // namespace

std::optional<ListWork> parse_list(Cursor& cursor, bool lsub) {
  ListWork list;
  list.lsub = lsub;
  if (!cursor.space()) return std::nullopt;
  if (!lsub && cursor.take('(') && !parse_selection(cursor, list)) return std::nullopt;
  const auto reference = cursor.astring();
  if (!reference || !cursor.space()) return std::nullopt;
  if (!lsub && cursor.take('(')) {
    list.extended = true;
    do {
      if (!add_pattern(cursor, *reference, list)) return std::nullopt;
    } while (cursor.space());
    if (!cursor.take(')')) return std::nullopt;
  } else if (!add_pattern(cursor, *reference, list)) {
    return std::nullopt;
  }
  if (!lsub && cursor.space() && !parse_return(cursor, list)) return std::nullopt;
  if (!cursor.at_end()) return std::nullopt;
  return list;
}

std::optional<std::uint16_t> parse_status_items(Cursor& cursor) {
  std::uint16_t items = 0;
  if (!cursor.take('(')) return std::nullopt;
  while (!cursor.take(')')) {
    const auto known = std::find_if(std::begin(k_items), std::end(k_items),
                                    [&](const auto& item) { return cursor.word(item.name); });
    if (known == std::end(k_items)) return std::nullopt;
    items |= known->item;
    cursor.space();
  }
  if (items == 0) return std::nullopt;
  return items;
}

std::string list_lines(const ListWork& list, const std::vector<FolderInfo>& folders,
                       std::vector<std::string>& existing) {
  const auto nodes = tree_of(folders);
  Lister lister(list, existing);
  for (const auto& [name, node] : nodes) lister.add(name, node);
  return std::move(lister).text();
}

std::string status_line(const FolderCounts& counts, std::uint16_t items, std::uint64_t append_limit) {
  const auto value = [&](StatusItem item) -> std::uint64_t {
    switch (item) {
      case status_messages: return counts.messages;
      case status_recent: return counts.recent;
      case status_uid_next: return counts.uid_next;
      case status_uid_validity: return counts.uid_validity;
      case status_unseen: return counts.unseen;
      case status_size: return counts.size_bytes;
      case status_highest_modseq: return counts.highest_modseq;
      case status_deleted: return counts.deleted;
      case status_append_limit: return append_limit;
    }
    return 0;
  };
  std::string out = "* STATUS ";
  append_folder(out, counts.name);
  out += " (";
  for (const auto& known : k_items) {
    if (!(items & known.item)) continue;
    if (out.back() != '(') out += ' ';
    out += known.name;
    out += ' ' + std::to_string(value(known.item));
  }
  return out + ")\r\n";
}

}  // namespace stagecoach::imap
