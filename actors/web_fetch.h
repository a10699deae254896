// One request to a web server, by libcurl: tokens of OAuth, policies of MTA-STS. Redirects are not followed,
// certificates are always checked, plain http is for the loopback address only. Blocking; actors use
// WebFetchActor.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "actors/blocking_pool.h"
#include "routing/model/result.h"

namespace stagecoach {

struct FetchUrl {
  std::string url;
  std::string form;                    // x-www-form-urlencoded body of a POST; empty: a GET
  std::vector<std::string> addresses;  // of the host, when it was resolved already
  int port = 0;                        // instead of that of the url; 0: as it says
  std::string ca_file;                 // empty: the authorities of the system
  std::chrono::seconds timeout{30};
  std::size_t bytes_max = 64 * 1024;  // a longer answer is an error
};
struct FetchedUrl {
  Outcome outcome;  // whether a server answered at all; certificate_failed says why not
  bool certificate_failed = false;
  int status = 0;  // 200
  std::string content_type, body;
};

FetchedUrl fetch_url(const FetchUrl& request);

/// https, or http to this machine.
bool is_safe_url(std::string_view url);

/// "a=1&b=x%20y" from pairs of names and values.
std::string form_of(const std::vector<std::pair<std::string, std::string>>& fields);

using WebFetchActor = BlockingActor<FetchUrl, FetchedUrl>;
WebFetchActor spawn_web_fetch(caf::actor_system& system);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::FetchUrl)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::FetchedUrl)
