#include "protocols/imap/fetch_plan.h"

#include <algorithm>

#include "protocols/imap/envelope.h"
#include "protocols/imap/flags.h"
#include "protocols/imap/internal_date.h"
#include "protocols/imap/wire.h"
#include "protocols/mime/header.h"
#include "routing/model/address.h"

namespace stagecoach::imap {
namespace {

using mime::Range;
using mime::SectionKind;
using Filter = FetchSection::Filter;

constexpr std::uint64_t k_filtered_header_bytes_max = 1 << 20;

class Planner {
 public:
  explicit Planner(const FetchInput& input) : input_(input) {}

  FetchPlan plan() {
    text_ = "* " + std::to_string(input_.sequence) + " FETCH (";
    row_items();
    content_items();
    for (const FetchSection& section : input_.request.sections) {
      add_section(section);
      if (plan_.needs) return std::move(plan_);
    }
    text_ += ")\r\n";
    plan_.segments.push_back({std::move(text_), {}});
    return std::move(plan_);
  }

 private:
  void begin_item(std::string_view name) {
    if (!text_.ends_with("FETCH (")) text_ += ' ';
    text_ += name;
    text_ += ' ';
  }

  void row_items() {
    const FetchRequest& request = input_.request;
    const MessageRow& row = input_.row;
    if (request.uid) {
      begin_item("UID");
      text_ += std::to_string(row.uid);
    }
    if (request.flags || input_.flags) {
      begin_item("FLAGS");
      append_flags(text_, row.flags, input_.keywords);
    }
    if (request.internal_date) {
      begin_item("INTERNALDATE");
      text_ += '"' + format_internal_date(row.internal_date) + '"';
    }
    if (request.size) {
      begin_item("RFC822.SIZE");
      text_ += std::to_string(row.size_bytes);
    }
    if (request.modseq) {
      begin_item("MODSEQ");
      text_ += '(' + std::to_string(row.modseq) + ')';
    }
  }

  void content_items() {
    const FetchRequest& request = input_.request;
    if (request.envelope) {
      begin_item("ENVELOPE");
      text_ += input_.loaded.envelope;
    }
    if (request.body) {
      begin_item("BODY");
      text_ += body_text(input_.loaded.structure);
    }
    if (request.bodystructure) {
      begin_item("BODYSTRUCTURE");
      text_ += input_.loaded.structure;
    }
  }

  std::optional<Range> range_of(const FetchSection& section) const {
    if (section.path.empty() && section.kind == SectionKind::body) return Range{0, input_.size_bytes};
    if (section.is_top_header() && input_.parts.nodes.empty()) return Range{0, input_.header_bytes};
    return mime::locate(input_.parts, section.path, section.kind);
  }

  void add_section(const FetchSection& section) {
    begin_item(section.label);
    auto range = range_of(section);
    if (!range) {
      text_ += "NIL";
      return;
    }
    if (section.filter != Filter::none) return add_filtered(section, *range);
    if (section.partial) *range = clip(*range, section);
    if (range->size_bytes == 0) {
      text_ += "\"\"";
      return;
    }
    text_ += '{' + std::to_string(range->size_bytes) + "}\r\n";
    plan_.segments.push_back({std::move(text_), *range});
    text_.clear();
  }

  void add_filtered(const FetchSection& section, Range range) {
    range.size_bytes = std::min(range.size_bytes, k_filtered_header_bytes_max);
    const auto header = input_.pieces.find(range);
    if (!header) {
      plan_.needs = range;
      return;
    }
    std::string fields = filter_header(*header, section);
    if (section.partial) {
      const Range part = clip({0, fields.size()}, section);
      fields = fields.substr(part.offset, part.size_bytes);
    }
    append_literal(text_, fields);
  }

  static Range clip(Range range, const FetchSection& section) {
    const auto offset = std::min(section.partial_offset, range.size_bytes);
    return {range.offset + offset, std::min(section.partial_bytes, range.size_bytes - offset)};
  }

  const FetchInput& input_;
  FetchPlan plan_;
  std::string text_;
};

bool needs_parts(const FetchSection& section) {
  return !section.path.empty() || section.kind == SectionKind::text;
}

}  // namespace

bool reads_body(const FetchRequest& request) {
  return std::any_of(request.sections.begin(), request.sections.end(),
                     [](const FetchSection& section) { return !section.is_top_header(); });
}

std::uint8_t wants_of(const FetchRequest& request, bool streamed) {
  std::uint8_t wants = 0;
  if (request.envelope) wants |= want_envelope;
  if (request.body || request.bodystructure) wants |= want_structure;
  bool header = false;
  for (const FetchSection& section : request.sections) {
    if (needs_parts(section)) wants |= want_parts;
    header = header || section.is_top_header();
  }
  const bool body = reads_body(request);
  if (body && !streamed) wants |= want_whole | (header ? want_parts : 0);
  if (header && (streamed || !body)) wants |= want_header;
  return wants;
}

FetchPlan plan_fetch(const FetchInput& input) { return Planner(input).plan(); }

std::string filter_header(std::string_view header, const FetchSection& section) {
  const mime::HeaderSection parsed = mime::parse_header_section(header);
  std::string result;
  for (const mime::Field& field : parsed.fields) {
    const bool named =
        std::any_of(section.fields.begin(), section.fields.end(),
                    [&](const std::string& name) { return equals_ignoring_case(name, field.name); });
    if (named == (section.filter == Filter::only)) result += header.substr(field.offset, field.size_bytes);
  }
  return result + "\r\n";
}

}  // namespace stagecoach::imap
