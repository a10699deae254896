// A header field as routing looks at it: parsed by the caller, so that routing knows no message format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/model/address.h"

namespace stagecoach::routing {

struct HeaderField {
  std::string name;  // "Delivered-To", as given
  std::string body;  // unfolded, without the white space around it
  std::vector<Address>
      addresses;  // of From, Sender, To, Cc, Apparently-To and the Resent- ones; groups expanded
};

using HeaderFields = std::vector<HeaderField>;  // in the order of the message

/// The first address of a field that holds some, "ann@x.example"; empty: it has none.
std::string field_address(const HeaderField& field);

/// Number of Received fields: how many servers have passed the message on.
int count_hops(const HeaderFields& fields);

/// The address of the for clause of a Received field: "fred@example.com", or a name without @; empty: none.
std::string received_for(std::string_view body);

}  // namespace stagecoach::routing
