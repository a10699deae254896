// Any bytes as a message: positions must stay inside of it, and every split must give the same structure.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocols/imap/envelope.h"
#include "protocols/mime/address_list.h"
#include "protocols/mime/date.h"
#include "protocols/mime/decode.h"
#include "protocols/mime/part_index.h"

using namespace stagecoach;

static void require(bool promise) {
  if (!promise) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const auto structure = mime::scan_structure(message);
  mime::StructureScanner scanner;
  const std::size_t step = 1 + data[0] % 7;
  for (std::size_t at = 0; at < size; at += step) scanner.feed(message.substr(at, step));
  const std::string text = imap::bodystructure_text(structure);
  require(text == imap::bodystructure_text(scanner.finish()));
  (void)imap::body_text(text);
  (void)imap::envelope_text(structure.envelope);
  (void)mime::decode_words(structure.envelope.subject);
  (void)mime::parse_date(structure.envelope.date);
  const auto index = mime::parse_part_index(mime::serialize(structure));
  require(index.has_value());
  for (const auto& node : index->nodes) {
    require(node.body.offset + node.body.size_bytes <= size);
    (void)mime::to_utf8(node.charset,
                        mime::decode_base64(message.substr(node.body.offset, node.body.size_bytes)));
  }
  (void)mime::parse_part_index(message);
  (void)mime::parse_address_list(message);
  (void)mime::parse_parameterised(message).decoded("name");
  return 0;
}
