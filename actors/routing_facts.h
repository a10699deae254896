// What routing has to know of a message besides its envelope: header, text, time, what its sender has sent.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "actors/node.h"
#include "protocols/mime/header.h"
#include "routing/pipeline.h"

namespace stagecoach {

/// Everything that routing of one message refers to, kept alive until it is done.
struct Routed {
  Arrival arrival;
  DirectoryPtr directory;
  routing::Facts facts;
  std::string text;  // of its text parts, once somebody has asked for it
  bool has_text = false;
  std::optional<routing::RoutingInput> input;
  std::shared_ptr<void> hooks;  // what functions of `facts` refer to
};

/// `chance`: 0 <= chance < 1, decides about samples.
std::shared_ptr<Routed> prepare_routing(const conf::Config& config, DirectoryPtr directory, Arrival arrival,
                                        double chance);

/// What our own server has put on top: Return-Path, and the Received field of a message from outside.
std::int64_t own_bytes(const Content& content, Source source);

/// Reads bytes of a message: offset, length.
using ReadBytes = std::function<Result<std::string>(std::int64_t offset, std::int64_t length)>;
/// The text parts of a message as UTF-8, up to 1 MB.
Result<std::string> text_of(const Content& content, const ReadBytes& read);

/// The fields with unfolded bodies, encoded words decoded, and the addresses of address fields.
routing::HeaderFields routing_fields(const mime::HeaderSection& section);

/// A message that is in memory as a whole, with its structure.
Content content_of(std::string_view message);

/// Seconds that the server's local time is ahead of UTC.
std::chrono::seconds utc_offset(Time time);

}  // namespace stagecoach
