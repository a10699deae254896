#include "routing/html_text.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

const struct {
  const char* html;
  const char* text;
} k_texts[] = {
    {"<p>Kind regards</p><p>Fred</p>", "Kind regards\r\n\r\nFred"},
    {"a<br>b<br/>c", "a\r\nb\r\nc"},
    {"a  b\n c", "a b c"},
    {"<b>5</b> &lt; 6 &amp;&amp; &quot;x&quot; &#8364; &#x20AC; &nbsp;y",
     "5 < 6 && \"x\" \xe2\x82\xac \xe2\x82\xac y"},
    {"AT&T &unknown; &#0; &", "AT&T &unknown; &"},
    {"<a href=\"https://x.example/\">our site</a>", "our site <https://x.example/>"},
    {"<a href='https://x.example/'>https://x.example/</a>", "https://x.example/"},
    {"<a href=mailto:fred@x.example>write</a>", "write <fred@x.example>"},
    {"<html><head><title>T</title><style>p{}</style></head><body>B</body></html>", "B"},
    {"a<!-- b --><script>c()</script>d", "ad"},
    {"<ul><li>one<li>two</ul>", "* one\r\n* two"},
    {"<img src='https://x.example/logo.png' alt=\"a>b\">z", "z"},
    {"1 < 2", "1 < 2"},
    {"<", "<"},
    {"a<b", "a<b"},
    {"", ""},
};

TEST(HtmlText, ReadsHtmlAsText) {
  for (const auto& [html, text] : k_texts) EXPECT_EQ(html_to_text(html), text) << html;
}

TEST(HtmlText, WritesTextAsHtml) {
  EXPECT_EQ(text_to_html("a <b> & \"c\"\r\n  d\ne"),
            "a &lt;b&gt; &amp; &quot;c&quot;<br>\r\n&nbsp;&nbsp;d<br>\r\ne");
}

TEST(HtmlText, FindsTheBody) {
  EXPECT_EQ(html_body("<HTML><BODY bgcolor=\"a>b\">x</BODY></HTML>"), "x");
  EXPECT_EQ(html_body("<html>x</html>"), "x");
  EXPECT_EQ(html_body("<b>x</b>"), "<b>x</b>");
}

TEST(HtmlText, TakesNoQuadraticTime) {
  std::string open, quotes;
  for (int i = 0; i < 200000; ++i) open += "<a", quotes += "<a '";
  EXPECT_EQ(html_to_text(open), open);
  EXPECT_FALSE(html_to_text(quotes).empty());
}

}  // namespace
}  // namespace stagecoach::routing
