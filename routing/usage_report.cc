#include "routing/usage_report.h"

#include <algorithm>
#include <map>

#include "routing/html_text.h"

namespace stagecoach::routing {

namespace {

constexpr std::size_t k_line_width = 78;  // of the list of idle accounts

void add(UsageRow& row, const UsageTotal& total) {
  const auto count = [&](UsageRow::Sum& sum) {
    sum.count += total.count;
    sum.bytes += total.value;
  };
  switch (total.code) {
    case UsageCode::local_received: return count(row.local_received);
    case UsageCode::local_sent: return count(row.local_sent);
    case UsageCode::internet_received: return count(row.internet_received);
    case UsageCode::internet_sent: return count(total.user.empty() ? row.relayed : row.internet_sent);
    case UsageCode::system_received: return count(row.system_received);
    case UsageCode::lan_queued: return count(row.lan_queued);
    case UsageCode::collected: return count(row.collected);
    case UsageCode::client_sent: return count(row.client_sent);
    case UsageCode::lan_sent: return count(row.lan_sent);
    case UsageCode::urgent: return count(row.urgent);
    case UsageCode::failed: return count(row.failed);
    case UsageCode::online:
      (total.user.empty() ? row.connection_seconds : row.online_seconds) += total.value;
      return;
    case UsageCode::lan_queued_for:  // the same messages as lan_queued
    case UsageCode::other: return;
  }
}

std::string size_text(std::int64_t bytes) {
  constexpr std::int64_t k_kb = 1024, k_mb = k_kb * 1024, k_gb = k_mb * 1024;
  if (bytes < k_kb) return std::to_string(bytes) + " B";
  if (bytes < 10 * k_mb) return std::to_string((bytes + k_kb / 2) / k_kb) + " kB";
  if (bytes < 10 * k_gb) return std::to_string((bytes + k_mb / 2) / k_mb) + " MB";
  return std::to_string((bytes + k_gb / 2) / k_gb) + " GB";
}

/// "1:05:09"; nothing for no time.
std::string duration_text(std::int64_t seconds) {
  if (seconds <= 0) return "-";
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
}

std::string sum_text(const UsageRow::Sum& sum) {
  return sum.count == 0 ? "-" : std::to_string(sum.count) + " (" + size_text(sum.bytes) + ")";
}

/// Cells as text; the first column is left-aligned, the others are not.
struct Table {
  std::string title;
  std::vector<std::string> head;  // empty: none
  std::vector<std::vector<std::string>> rows;
  std::string below;  // a line of text
};

/// UTF-8 characters.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

void append_line(std::string& out, const std::vector<std::string>& cells,
                 const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string blanks(widths[i] - width_of(cells[i]), ' ');
    if (i > 0) out += "  ";
    out += i == 0 ? cells[i] + (i + 1 < cells.size() ? blanks : "") : blanks + cells[i];
  }
  out += '\n';
}

void append_text(std::string& out, const Table& table) {
  if (!table.title.empty()) out += "\n" + table.title + "\n\n";
  std::vector<std::size_t> widths;
  const auto widen = [&](const std::vector<std::string>& cells) {
    widths.resize(std::max(widths.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], width_of(cells[i]));
  };
  widen(table.head);
  for (const auto& row : table.rows) widen(row);
  if (!table.head.empty()) append_line(out, table.head, widths);
  for (const auto& row : table.rows) append_line(out, row, widths);
  if (!table.below.empty()) out += table.below + "\n";
}

void append_html_line(std::string& out, const std::vector<std::string>& cells, const char* tag) {
  out += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i)
    out += std::string("<") + tag + (i == 0 ? " align=\"left\">" : " align=\"right\">") +
           escape_html(cells[i]) + "</" + tag + ">";
  out += "</tr>\n";
}

void append_html(std::string& out, const Table& table) {
  if (!table.title.empty()) out += "<h3>" + escape_html(table.title) + "</h3>\n";
  out += "<table cellpadding=\"3\" style=\"font-family: monospace\">\n";
  if (!table.head.empty()) append_html_line(out, table.head, "th");
  for (const auto& row : table.rows) append_html_line(out, row, "td");
  out += "</table>\n";
  if (!table.below.empty()) out += "<p>" + escape_html(table.below) + "</p>\n";
}

std::int64_t messages_of(const UsageRow& row) {
  return row.local_received.count + row.internet_received.count + row.system_received.count +
         row.local_sent.count + row.internet_sent.count;
}

Table user_table(std::vector<UsageRow> rows) {
  Table table;
  table.title = "Messages of users";
  if (rows.size() > k_report_users_max) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const UsageRow& a, const UsageRow& b) { return messages_of(a) > messages_of(b); });
    table.below =
        "... and " + std::to_string(rows.size() - k_report_users_max) + " users with fewer messages";
    rows.resize(k_report_users_max);
    std::sort(rows.begin(), rows.end(), [](const UsageRow& a, const UsageRow& b) { return a.user < b.user; });
  }
  if (rows.empty()) {
    table.below = "None.";
    return table;
  }
  table.head = {"User", "From users", "From Internet", "From server", "To users", "To Internet", "Online"};
  for (const UsageRow& row : rows)
    table.rows.push_back({row.user, sum_text(row.local_received), sum_text(row.internet_received),
                          sum_text(row.system_received), sum_text(row.local_sent),
                          sum_text(row.internet_sent), duration_text(row.online_seconds)});
  return table;
}

Table sum_table(const UsageRow& sum) {
  const auto row = [](const char* name, const UsageRow::Sum& one) {
    return std::vector<std::string>{name, std::to_string(one.count), size_text(one.bytes)};
  };
  Table table;
  table.title = "Totals";
  table.rows = {row("Received from users", sum.local_received),
                row("Received from the Internet", sum.internet_received),
                row("Received from the server itself", sum.system_received),
                row("Sent to users", sum.local_sent),
                row("Sent to the Internet", sum.internet_sent),
                row("Relayed for others", sum.relayed),
                row("Urgent", sum.urgent),
                row("Collected from other servers", sum.collected),
                row("Taken by other servers", sum.client_sent),
                row("LAN forwarding: queued", sum.lan_queued),
                row("LAN forwarding: sent", sum.lan_sent),
                row("Not delivered", sum.failed),
                {"Online: users", "", duration_text(sum.online_seconds)},
                {"Online: connections", "", duration_text(sum.connection_seconds)}};
  return table;
}

/// Names separated by commas, in lines.
std::string wrapped(const std::vector<std::string>& names) {
  std::string text, line;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string word = names[i] + (i + 1 < names.size() ? "," : "");
    if (!line.empty() && line.size() + 1 + word.size() > k_line_width) {
      text += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return text + line + "\n";
}

void append_idle(UsageReport& report, const UsageDay& day) {
  if (!day.show_idle) return;
  const std::string title = "Idle accounts";
  std::vector<std::string> names = day.idle;
  std::string more;
  if (names.size() > k_report_idle_max) {
    more = "... and " + std::to_string(names.size() - k_report_idle_max) + " more\n";
    names.resize(k_report_idle_max);
  }
  const std::string list = (names.empty() ? "None.\n" : wrapped(names)) + more;
  report.text += "\n" + title + " (no log-in on that day)\n\n" + list;
  report.html += "<h3>" + title + " (no log-in on that day)</h3>\n<p style=\"font-family: monospace\">" +
                 escape_html(list) + "</p>\n";
}

}  // namespace

std::vector<UsageRow> usage_rows(const std::vector<UsageTotal>& totals) {
  std::map<std::string, UsageRow> by_user;
  for (const UsageTotal& total : totals)
    if (!total.user.empty()) add(by_user[total.user], total);
  std::vector<UsageRow> rows;
  rows.reserve(by_user.size());
  for (auto& [user, row] : by_user) {
    row.user = user;
    rows.push_back(std::move(row));
  }
  return rows;
}

UsageRow usage_sum(const std::vector<UsageTotal>& totals) {
  UsageRow sum;
  for (const UsageTotal& total : totals) add(sum, total);
  return sum;
}

UsageReport usage_report(const UsageDay& day) {
  const std::string title =
      "Usage of " + day.hostname + " on " + day.date + (day.unfinished ? ", so far" : "");
  UsageReport report{title + "\n", "<!DOCTYPE html>\n<html><head><title>" + escape_html(title) +
                                       "</title></head><body>\n<h2>" + escape_html(title) + "</h2>\n"};
  for (const Table& table : {user_table(usage_rows(day.totals)), sum_table(usage_sum(day.totals))}) {
    append_text(report.text, table);
    append_html(report.html, table);
  }
  append_idle(report, day);
  report.html += "</body></html>\n";
  return report;
}

}  // namespace stagecoach::routing
