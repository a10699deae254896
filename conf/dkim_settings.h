// [[dkim]], [srs], [batv]: how outgoing mail says where it comes from. docs/reference/dkim.md and
// srs-and-batv.md explain them.
#pragma once

#include "conf/setting.h"
#include "conf/text_faults.h"

namespace stagecoach::conf {

enum class DkimForms : std::uint8_t { relaxed_relaxed, relaxed_simple, simple_relaxed, simple_simple };
inline constexpr Choice<DkimForms> k_dkim_forms[] = {{"relaxed/relaxed", DkimForms::relaxed_relaxed},
                                                     {"relaxed/simple", DkimForms::relaxed_simple},
                                                     {"simple/relaxed", DkimForms::simple_relaxed},
                                                     {"simple/simple", DkimForms::simple_simple}};

struct DkimSettings {
  std::string domain;
  std::string selector;
  std::string key;
  std::vector<std::string> headers;
  DkimForms canonicalization = DkimForms::relaxed_relaxed;
  std::int64_t expire_days = 0;
  bool active = true;
  bool lan = true;
  Provenance where;

  static constexpr auto settings() {
    using S = DkimSettings;
    return std::tuple{
        Setting{"domain", &S::domain, Required{},
                "Own mail whose From address is at this domain is signed. Several entries of one domain: "
                "several signatures."},
        Setting{"selector", &S::selector, Required{}, "The key record is at <selector>._domainkey.<domain>."},
        Setting{"key", &S::key, Required{},
                "File with the private key, PEM: RSA or Ed25519, without a password. A relative path counts "
                "from the folder of the configuration file.",
                "private_key_file"},
        Setting{"headers", &S::headers, Separated{",;\n", field_name_fault},
                "Header fields that are signed besides the usual ones."},
        Setting{"canonicalization", &S::canonicalization, Choices{k_dkim_forms},
                "What may change on the way, of header and body: relaxed bears other white space."},
        Setting{"expire_days", &S::expire_days, Range{0, 3650},
                "Days after which the signature is no longer valid. 0: never."},
        Setting{"active", &S::active, "Off: the key signs nothing, its record is still shown."},
        Setting{"lan", &S::lan, "Also mail that a target \"SMTP:address@server\" sends to its own server."},
    };
  }
  bool operator==(const DkimSettings&) const = default;
};

struct SrsSettings {
  bool enabled = false;
  std::string domain;
  std::int64_t max_age_days = 21;
  Secret secret;

  static constexpr auto settings() {
    using S = SrsSettings;
    return std::tuple{
        Setting{"enabled", &S::enabled, "Return paths of forwarded mail become addresses of ours."},
        Setting{"domain", &S::domain, Anything{}, "Their domain, a local one. Empty: the default domain."},
        Setting{"max_age_days", &S::max_age_days, Range{1, 1000}, "How long their bounces are taken."},
        Setting{"secret", &S::secret, Anything{},
                "What signs them. Empty: the key that the servers of one database share."},
    };
  }
  bool operator==(const SrsSettings&) const = default;
};

struct BatvSettings {
  bool enabled = false;
  bool enforce = false;
  std::int64_t lifetime_days = 7;
  std::vector<std::string> exceptions;
  Secret secret;

  static constexpr auto settings() {
    using S = BatvSettings;
    return std::tuple{
        Setting{"enabled", &S::enabled, "Return paths of our own mail get a tag."},
        Setting{"enforce", &S::enforce, "Bounces to addresses of ours without a good tag are refused."},
        Setting{"lifetime_days", &S::lifetime_days, Range{1, 900}, "How long a tag is good."},
        Setting{"exceptions", &S::exceptions, Separated{";\n"},
                "Addresses and domains of ours that get no tag and need none; wildcards are possible."},
        Setting{"secret", &S::secret, Anything{},
                "What makes the tags. Empty: the key that the servers of one database share. Another one "
                "makes all tags worthless.",
                "batv_secret"},
    };
  }
  bool operator==(const BatvSettings&) const = default;
};

}  // namespace stagecoach::conf
