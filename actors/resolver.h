// DNS by libunbound, with its own cache and DNSSEC validation: where mail for a domain goes (RFC 5321 section
// 5.1, null MX RFC 7505), the addresses of hosts, TLSA (RFC 6698) and text records. `secure`: DNSSEC proved
// the answer, also that there is none. Pinned to a reactor, which watches libunbound's
// descriptor.
#pragma once

#include <string>
#include <vector>

#include "actors/node.h"

namespace stagecoach {

struct MxHost {
  int preference = 0;
  std::string name;
};
struct ResolveMx {
  std::string domain;
};
struct MxAnswer {
  Outcome outcome;        // unavailable: try later; not_found: no such domain
  bool null_mx = false;   // the domain takes no mail
  bool implicit = false;  // no MX record: the domain itself
  bool secure = false;
  std::vector<MxHost> hosts;  // by preference
};
/// A name or a numeric address.
struct ResolveHost {
  std::string name;
};
struct HostAnswer {
  Outcome outcome;
  bool secure = false;
  std::vector<std::string> addresses;  // IPv4 before IPv6
};
/// "_25._tcp.mx.example.com"
struct ResolveTlsa {
  std::string host;
  int port = 25;
};
struct TlsaRecord {
  std::uint8_t usage = 0, selector = 0, matching = 0;
  std::string data;
  bool operator==(const TlsaRecord&) const = default;
};
struct TlsaAnswer {
  Outcome outcome;  // a failure is one of DNS; no record is none
  bool secure = false;
  std::vector<TlsaRecord> records;
};
struct ResolveText {
  std::string name;
};
struct TextAnswer {
  Outcome outcome;                 // as of TlsaAnswer
  std::vector<std::string> texts;  // the strings of a record as one
};
using ResolverActor = caf::typed_actor<
    caf::replies_to<ResolveMx>::with<MxAnswer>, caf::replies_to<ResolveHost>::with<HostAnswer>,
    caf::replies_to<ResolveTlsa>::with<TlsaAnswer>, caf::replies_to<ResolveText>::with<TextAnswer>>;

ResolverActor spawn_resolver(Reactor& reactor, conf::DnsSettings settings);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ResolveMx)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::MxAnswer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ResolveHost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::HostAnswer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ResolveTlsa)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::TlsaAnswer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ResolveText)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::TextAnswer)
