// One visit of a collector of kind smtp_feed: makes another server send to us (ETRN, RFC 1985), and keeps a
// link that was made for the run up for the SMTP session that is to come (docs/reference/mail-feed.md).
#pragma once

#include "actors/collector.h"
#include "actors/node.h"
#include "actors/resolver.h"

namespace stagecoach {

CollectorActor spawn_feed_collector(Reactor& reactor, Node& node, ResolverActor resolver,
                                    const conf::CollectorSettings& settings);

}  // namespace stagecoach
