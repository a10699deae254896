#include "protocols/mime/structure.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "routing/model/address.h"

namespace stagecoach::mime {
namespace {

constexpr std::size_t k_value_bytes_max = 4096;        // of a Content-ID, Content-Description …
constexpr std::size_t k_parameters_bytes_max = 16384;  // of a Content-Type or Content-Disposition
constexpr std::size_t k_boundary_line_bytes_max = 1024;

std::string bounded_text(const HeaderSection& section, std::string_view name) {
  std::string text = section.text(name);
  if (text.size() > k_value_bytes_max) text.resize(k_value_bytes_max);
  return text;
}

ParameterisedValue bounded_value(const HeaderSection& section, std::string_view name) {
  std::string text = section.text(name);
  if (text.size() > k_parameters_bytes_max) text.resize(k_parameters_bytes_max);
  return parse_parameterised(text);
}

void set_type(Part& part, std::string_view type, std::string_view subtype) {
  part.type = type;
  part.subtype = subtype;
}

void make_opaque(Part& part) {
  set_type(part, "application", "octet-stream");
  part.parameters.clear();
}

void read_languages(Part& part, std::string_view text) {
  while (!text.empty() && part.languages.size() < 20) {
    const auto comma = std::min(text.find(','), text.size());
    std::string language = unfold(text.substr(0, comma));
    if (!language.empty()) part.languages.push_back(std::move(language));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
}

/// Sets what the fields of the part's header say. `digest`: the part stands in a multipart/digest.
void read_fields(Part& part, const HeaderSection& section, bool digest) {
  ParameterisedValue type = bounded_value(section, "Content-Type");
  const auto slash = type.value.find('/');
  if (slash != std::string::npos && slash > 0 && slash + 1 < type.value.size()) {
    set_type(part, type.value.substr(0, slash), type.value.substr(slash + 1));
    part.parameters = std::move(type.parameters);
  } else if (digest && type.value.empty()) {
    set_type(part, "message", "rfc822");  // RFC 2046 section 5.1.5
  }
  ParameterisedValue disposition = bounded_value(section, "Content-Disposition");
  part.disposition = std::move(disposition.value);
  part.disposition_parameters = std::move(disposition.parameters);
  part.id = bounded_text(section, "Content-ID");
  part.description = bounded_text(section, "Content-Description");
  part.md5 = bounded_text(section, "Content-MD5");
  part.location = bounded_text(section, "Content-Location");
  read_languages(part, bounded_text(section, "Content-Language"));
  const std::string encoding = bounded_value(section, "Content-Transfer-Encoding").value;
  if (!encoding.empty()) part.encoding = encoding;
}

std::string boundary_of(const Part& part) {
  for (const Parameter& parameter : part.parameters)
    if (parameter.name == "boundary") return parameter.value.substr(0, 256);
  return {};
}

}  // namespace

class StructureScanner::Impl {
 public:
  explicit Impl(StructureLimits limits) : limits_(limits) { open(result_.root); }

  void feed(std::string_view bytes) {
    while (!bytes.empty()) {
      if (in_header_)
        header_piece(bytes);
      else if (boundaries_open_ == 0)
        plain_piece(bytes);
      else
        body_piece(bytes);
    }
  }

  Structure finish() {
    if (line_size_ > 0) end_of_line(false);
    if (in_header_) end_header(offset_, true);
    while (!open_.empty()) close_last(offset_, lines_);
    result_.size_bytes = offset_;
    return std::move(result_);
  }

 private:
  struct Open {
    Part* part;
    std::string boundary;  // empty: no multipart, or its last boundary has come
    std::uint64_t lines_before = 0;
  };

  bool is_root() const { return open_.size() == 1; }

  /// Starts the header of a new entity below the last open one.
  void open(Part& part) {
    part.header_offset = part.body_offset = part.body_end = offset_;
    open_.push_back({.part = &part, .boundary = {}});
    in_header_ = true;
    header_.clear();
    header_cut_ = false;
    ++parts_;
  }

  void open_child(Part& parent) { open(parent.children.emplace_back()); }

  /// Moves `count` bytes of the current line from `bytes` into what is remembered of it.
  std::string_view take(std::string_view& bytes, std::size_t count) {
    const auto piece = bytes.substr(0, count);
    if (line_.size() < k_boundary_line_bytes_max)
      line_.append(piece.substr(0, k_boundary_line_bytes_max - line_.size()));
    line_size_ += count;
    offset_ += count;
    bytes.remove_prefix(count);
    return piece;
  }

  void header_piece(std::string_view& bytes) {
    const auto end = bytes.find('\n');
    const bool whole = end != std::string_view::npos;
    if (line_size_ == 0) header_line_begin_ = header_.size();
    keep_header(take(bytes, whole ? end + 1 : bytes.size()));
    if (whole) end_of_line(true);
  }

  void keep_header(std::string_view piece) {
    std::size_t room = is_root() ? limits_.top_header_bytes_max
                                 : std::min(limits_.part_header_bytes_max,
                                            limits_.all_part_headers_bytes_max - part_headers_bytes_);
    room = room > header_.size() ? room - header_.size() : 0;
    if (piece.size() > room) header_cut_ = true;
    header_.append(piece.substr(0, room));
  }

  /// No boundary can come any more: only line ends are counted.
  void plain_piece(std::string_view& bytes) {
    lines_ += static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    offset_ += bytes.size();
    bytes = {};
  }

  void body_piece(std::string_view& bytes) {
    const char first = line_size_ == 0 ? bytes.front() : line_.front();
    if (first == '-') {
      const auto end = bytes.find('\n');
      const bool whole = end != std::string_view::npos;
      take(bytes, whole ? end + 1 : bytes.size());
      if (whole) end_of_line(true);
    } else {
      skip_lines(bytes);
    }
  }

  /// Passes lines that do not begin with '-' as fast as memchr does.
  void skip_lines(std::string_view& bytes) {
    const char* const begin = bytes.data();
    const char* const end = begin + bytes.size();
    const char* at = begin;
    const char* last_end = nullptr;  // the last line feed seen
    while (at < end && (at == begin || *at != '-')) {
      const auto* feed = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      if (!feed) {
        at = end;
        break;
      }
      ++lines_;
      last_end = feed;
      at = feed + 1;
    }
    if (last_end) {
      const char before = last_end > begin ? last_end[-1] : last_octet_;
      line_end_size_ = before == '\r' ? 2 : 1;
      line_.clear();
      line_size_ = 0;
    }
    if (const char* rest = last_end ? last_end + 1 : begin; rest < at) {
      if (line_.empty()) line_ = *rest;
      line_size_ += static_cast<std::size_t>(at - rest);
    }
    if (at > begin) last_octet_ = at[-1];
    offset_ += static_cast<std::uint64_t>(at - begin);
    bytes.remove_prefix(static_cast<std::size_t>(at - begin));
  }

  /// The line in line_ is complete; `ended`: with a line feed.
  void end_of_line(bool ended) {
    const std::uint64_t begin = offset_ - line_size_;
    const std::size_t end_size = !ended ? 0 : line_size_ > 1 && ends_in_cr_lf() ? 2 : 1;
    const bool empty = ended && line_size_ == end_size;
    const bool is_boundary = line_.starts_with("--") && line_size_ <= k_boundary_line_bytes_max &&
                             boundaries_open_ > 0 && boundary_line(begin, ended);
    if (!is_boundary) {
      if (ended) ++lines_;
      if (in_header_ && empty) end_header(offset_, true);
    }
    line_end_size_ = end_size;
    line_.clear();
    line_size_ = 0;
    last_octet_ = '\n';
  }

  bool ends_in_cr_lf() const { return line_size_ > line_.size() || line_[line_.size() - 2] == '\r'; }

  /// Whether line_ is a boundary of an open multipart; then it closes and opens parts.
  bool boundary_line(std::uint64_t begin, bool ended) {
    std::string_view text = line_;
    while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
      text.remove_suffix(1);
    text.remove_prefix(std::min<std::size_t>(2, text.size()));
    for (std::size_t i = open_.size(); i-- > 0;) {
      const std::string& boundary = open_[i].boundary;
      if (boundary.empty() || !text.starts_with(boundary)) continue;
      const auto rest = text.substr(boundary.size());
      if (!rest.empty() && !rest.starts_with("--")) continue;
      divide(i, begin, ended, !rest.empty());
      return true;
    }
    return false;
  }

  void divide(std::size_t level, std::uint64_t begin, bool ended, bool last) {
    if (in_header_) {
      header_.resize(std::min(header_.size(), header_line_begin_));
      end_header(begin, false);
    }
    while (open_.size() > level + 1)
      close_last(begin - line_end_size_, lines_ - (line_end_size_ > 0 ? 1 : 0));
    if (ended) ++lines_;
    if (last) {
      open_[level].boundary.clear();
      --boundaries_open_;
    } else if (parts_ >= limits_.parts_max) {
      freeze();
    } else {
      open_child(*open_[level].part);
    }
  }

  /// Too many parts: what follows belongs to what is open.
  void freeze() {
    for (Open& open : open_) open.boundary.clear();
    boundaries_open_ = 0;
  }

  void end_header(std::uint64_t body_offset, bool may_open) {
    in_header_ = false;
    Open& here = open_.back();
    Part& part = *here.part;
    part.body_offset = part.body_end = body_offset;
    here.lines_before = lines_;
    const HeaderSection section = parse_header_section(header_, {.mbox_line = is_root()});
    const Part* parent = is_root() ? nullptr : open_[open_.size() - 2].part;
    read_fields(part, section, parent && parent->is_multipart() && parent->subtype == "digest");
    if (is_root()) {
      result_.envelope = envelope_fields(section);
      result_.header = std::move(header_);
    } else {
      part_headers_bytes_ += header_.size();
      if (header_cut_) make_opaque(part);
      if (!parent->is_multipart()) set_envelope(section);
    }
    header_ = {};
    descend(may_open);
  }

  void set_envelope(const HeaderSection& section) {
    open_[open_.size() - 2].part->envelope = std::make_shared<const EnvelopeFields>(envelope_fields(section));
  }

  /// Opens what a multipart or a message/rfc822 contains.
  void descend(bool may_open) {
    Open& here = open_.back();
    Part& part = *here.part;
    const bool is_message = part.type == "message" && part.subtype == "rfc822";
    if (!part.is_multipart() && !is_message) return;
    const bool identity = part.encoding == "7bit" || part.encoding == "8bit" || part.encoding == "binary";
    if (open_.size() >= limits_.depth_max || parts_ >= limits_.parts_max || (is_message && !identity))
      return make_opaque(part);
    if (is_message) {
      open_child(part);
      if (!may_open) end_header(offset_of_body(part), false);
      return;
    }
    if (!may_open) return;
    here.boundary = boundary_of(part);
    if (!here.boundary.empty()) ++boundaries_open_;
  }

  std::uint64_t offset_of_body(Part& parent) {
    Part& child = parent.children.back();
    child.header_offset = parent.body_offset;
    return parent.body_offset;
  }

  void close_last(std::uint64_t end, std::uint64_t lines) {
    Open& last = open_.back();
    Part& part = *last.part;
    part.body_end = std::max(part.body_offset, end);
    part.lines =
        part.body_end == part.body_offset || lines < last.lines_before ? 0 : lines - last.lines_before;
    if (!last.boundary.empty()) --boundaries_open_;
    if (part.is_multipart() && part.children.empty()) {
      set_type(part, "text", "plain");
      part.parameters.clear();
    }
    open_.pop_back();
  }

  StructureLimits limits_;
  Structure result_;
  std::vector<Open> open_;  // from the message down to the entity that is being read
  std::size_t boundaries_open_ = 0;
  std::size_t parts_ = 0;
  std::size_t part_headers_bytes_ = 0;
  bool in_header_ = true;
  bool header_cut_ = false;
  std::string header_;
  std::size_t header_line_begin_ = 0;  // of the current line, in header_
  std::string line_;                   // the beginning of the current line, if it may be a boundary
  std::size_t line_size_ = 0;          // of the current line so far
  std::size_t line_end_size_ = 0;      // of the line before: 0, 1 (LF) or 2 (CR LF)
  char last_octet_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t lines_ = 0;
};

StructureScanner::StructureScanner(StructureLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
StructureScanner::~StructureScanner() = default;
StructureScanner::StructureScanner(StructureScanner&&) noexcept = default;
StructureScanner& StructureScanner::operator=(StructureScanner&&) noexcept = default;
void StructureScanner::feed(std::string_view bytes) { impl_->feed(bytes); }
Structure StructureScanner::finish() { return impl_->finish(); }

Structure scan_structure(std::string_view message, StructureLimits limits) {
  StructureScanner scanner(limits);
  scanner.feed(message);
  return scanner.finish();
}

}  // namespace stagecoach::mime
