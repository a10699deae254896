#include "actors/web_fetch.h"

#include <curl/curl.h>

#include <mutex>

#include "actors/serialisation.h"

namespace stagecoach {

namespace {

constexpr BlockingLimits k_limits{.at_once_max = 8, .waiting_max = 2000};

struct Body {
  std::string bytes;
  std::size_t bytes_max;
  bool too_long = false;
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* where) {
  auto& body = *static_cast<Body*>(where);
  if (body.bytes.size() + size * count > body.bytes_max) {
    body.too_long = true;
    return 0;
  }
  body.bytes.append(data, size * count);
  return size * count;
}

struct Deleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, Deleter>;
using List = std::unique_ptr<curl_slist, Deleter>;

void begin_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// A part of the url, without its zone or percent signs.
std::string part_of(std::string_view url, CURLUPart part) {
  const std::unique_ptr<CURLU, Deleter> parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, std::string(url).c_str(), 0) != CURLUE_OK)
    return {};
  char* text = nullptr;
  if (curl_url_get(parsed.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  const std::string value = text;
  curl_free(text);
  return value;
}

/// The addresses that are known already, in the form of CURLOPT_RESOLVE.
List known_addresses(const FetchUrl& request) {
  if (request.addresses.empty()) return nullptr;
  const std::string port =
      request.port != 0 ? std::to_string(request.port) : part_of(request.url, CURLUPART_PORT);
  std::string entry = part_of(request.url, CURLUPART_HOST) + ":" + port + ":";
  for (std::size_t i = 0; i < request.addresses.size(); ++i)
    entry += (i == 0 ? "" : ",") + request.addresses[i];
  return List(curl_slist_append(nullptr, entry.c_str()));
}

bool is_certificate_failure(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
         code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_ISSUER_ERROR;
}

void set_options(CURL* curl, const FetchUrl& request, Body& body, char* error) {
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "Stagecoach");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  if (!request.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, request.ca_file.c_str());
  if (!request.form.empty()) curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.form.c_str());
}

}  // namespace

bool is_safe_url(std::string_view url) {
  begin_curl();
  const std::string scheme = part_of(url, CURLUPART_SCHEME), host = part_of(url, CURLUPART_HOST);
  if (scheme == "https") return !host.empty();
  return scheme == "http" && (host == "localhost" || host == "127.0.0.1" || host == "[::1]");
}

std::string form_of(const std::vector<std::pair<std::string, std::string>>& fields) {
  begin_curl();
  const Handle curl(curl_easy_init());
  const auto escaped = [&](const std::string& text) {
    char* raw = curl_easy_escape(curl.get(), text.data(), static_cast<int>(text.size()));
    std::string value = raw ? raw : "";
    curl_free(raw);
    return value;
  };
  std::string form;
  for (const auto& [name, value] : fields)
    form += (form.empty() ? "" : "&") + escaped(name) + "=" + escaped(value);
  return form;
}

FetchedUrl fetch_url(const FetchUrl& request) {
  FetchedUrl fetched;
  const auto failure = [&](const std::string& reason) {
    fetched.outcome = Outcome::failure(unavailable(request.url + ": " + reason));
    return fetched;
  };
  if (!is_safe_url(request.url)) return failure("is no https address");
  const Handle curl(curl_easy_init());
  if (!curl) return failure("libcurl cannot be used");
  Body body{{}, request.bytes_max};
  char error[CURL_ERROR_SIZE] = "";
  set_options(curl.get(), request, body, error);
  const List addresses = known_addresses(request);
  if (addresses) curl_easy_setopt(curl.get(), CURLOPT_RESOLVE, addresses.get());
  // ":::8443": whatever the host and port of the url are, the same host and this port.
  const List detour(request.port == 0
                        ? nullptr
                        : curl_slist_append(nullptr, (":::" + std::to_string(request.port)).c_str()));
  if (detour) curl_easy_setopt(curl.get(), CURLOPT_CONNECT_TO, detour.get());
  const CURLcode code = curl_easy_perform(curl.get());
  if (body.too_long) return failure("the answer is too long");
  if (code != CURLE_OK) {
    fetched.certificate_failed = is_certificate_failure(code);
    return failure(error[0] ? error : curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  fetched.status = static_cast<int>(status);
  char* type = nullptr;
  curl_easy_getinfo(curl.get(), CURLINFO_CONTENT_TYPE, &type);
  fetched.content_type = type ? type : "";
  fetched.body = std::move(body.bytes);
  return fetched;
}

WebFetchActor spawn_web_fetch(caf::actor_system& system) {
  return system.spawn<BlockingPool<FetchUrl, FetchedUrl>>("web_fetch", k_limits, fetch_url);
}

}  // namespace stagecoach
