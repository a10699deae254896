// Log-in with access tokens (XOAUTH2), which are fetched with a refresh token (RFC 6749 section 6).
#pragma once

#include "conf/setting.h"

namespace stagecoach::conf {

struct OauthSettings {
  std::string token_url;
  std::string client_id;
  Secret client_secret;
  Secret refresh_token;
  std::string scope;

  bool is_set() const { return !token_url.empty(); }

  static constexpr auto settings() {
    using S = OauthSettings;
    return std::tuple{
        Setting{"token_url", &S::token_url, Anything{},
                "Where access tokens are fetched: the provider's token endpoint, an https address."},
        Setting{"client_id", &S::client_id, Anything{}, "Name of this client at the provider."},
        Setting{"client_secret", &S::client_secret, Anything{},
                "Its secret, if the provider gave one; never logged."},
        Setting{"refresh_token", &S::refresh_token, Anything{},
                "What an access token is asked for with; never logged. A new one that the provider sends is "
                "used until the server stops."},
        Setting{"scope", &S::scope, Anything{}, "Rights that are asked for. Empty: those of the token."},
    };
  }
  bool operator==(const OauthSettings&) const = default;
};

}  // namespace stagecoach::conf
