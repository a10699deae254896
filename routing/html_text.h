// Plain text and HTML from each other, for signatures and automatic answers. Text is UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::routing {

/// & < > " as entities: text stays text, whoever wrote it.
std::string escape_html(std::string_view text);

/// escape_html, line ends as <br>, runs of spaces kept.
std::string text_to_html(std::string_view text);

/// Tags out, line ends for <br> and blocks, entities decoded; "text <url>" for links whose text is not their
/// address. Head, style, script and comments are left out. Line ends of the result are CR LF.
std::string html_to_text(std::string_view html);

/// The content of <body>; all of the text when there is no such element.
std::string_view html_body(std::string_view html);

}  // namespace stagecoach::routing
