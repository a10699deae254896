#include "actors/service_set.h"

#include <unistd.h>

#include "actors/serialisation.h"
#include "actors/tls.h"

namespace stagecoach {

namespace {
std::string text_of(const conf::ListenAddress& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}
}  // namespace

Result<TlsContext> ServiceSet::load_tls(const conf::Config& config, const conf::ServiceSettings& settings,
                                        std::string& certificate, std::string& key) {
  if (settings.tls == conf::ServiceTls::none) return TlsContext{};
  certificate = config.resolve(settings.certificate.empty() ? config.tls.certificate : settings.certificate);
  key = config.resolve(settings.certificate.empty() ? config.tls.key : settings.key);
  if (certificate.empty()) {
    const std::string folder = config.resolve(config.server.data_dir);
    certificate = folder + "/self-signed.pem";
    key = folder + "/self-signed.key";
    if (auto made = ensure_self_signed(certificate, key, config.server.hostname); !made)
      return std::move(made.error());
  }
  return load_server_tls(certificate, key, config.tls);
}

Result<void> ServiceSet::prepare(const conf::Config& config) {
  for (const conf::ServiceSettings& settings : config.services) {
    if (!settings.enabled) continue;
    Prepared prepared;
    auto tls = load_tls(config, settings, prepared.certificate, prepared.key);
    if (!tls) return std::move(tls.error()).while_doing("service " + settings.name);
    prepared.service = make_service(node_, config, settings, std::move(*tls));
    for (const conf::ListenAddress& address : settings.addresses()) {
      const std::string where = text_of(address);
      Prepared one = prepared;
      if (!open_.contains(where)) {
        auto fd = open_listening_socket(address);
        if (!fd) return std::move(fd.error()).while_doing("service " + settings.name);
        one.fd = *fd;
      }
      if (!prepared_.emplace(where, one).second) {
        if (one.fd >= 0) ::close(one.fd);
        return conflict("two services listen on " + where);
      }
    }
  }
  return {};
}

void ServiceSet::abandon() {
  for (auto& [where, prepared] : prepared_)
    if (prepared.fd >= 0) ::close(prepared.fd);
  prepared_.clear();
}

void ServiceSet::commit() {
  for (auto open = open_.begin(); open != open_.end();) {
    if (prepared_.contains(open->first)) {
      ++open;
      continue;
    }
    caf::anon_send(open->second.listener, UseService{nullptr});
    node_.log.info("listener", "", "no longer listening on " + open->first);
    open = open_.erase(open);
  }
  for (auto& [where, prepared] : prepared_) {
    Open& open = open_[where];
    if (prepared.fd >= 0) {
      const int port = port_of(prepared.fd);
      open.listener = spawn_listener(*node_.reactors().front(), prepared.fd, node_, prepared.service);
      node_.log.info("listener", "",
                     prepared.service->settings.name + ": listening on " + where.substr(0, where.rfind(':')) +
                         ":" + std::to_string(port));
    } else {
      caf::anon_send(open.listener, UseService{prepared.service});
    }
    open.service = prepared.service;
    open.certificate = prepared.certificate;
    open.key = prepared.key;
    open.stamp = file_stamp(open.certificate, open.key);
  }
  prepared_.clear();
}

std::vector<std::string> ServiceSet::refresh_certificates(const conf::Config& config) {
  std::vector<std::string> refreshed;
  for (auto& [where, open] : open_) {
    if (!open.service->tls) continue;
    const std::string stamp = file_stamp(open.certificate, open.key);
    if (stamp == open.stamp) continue;
    auto tls = load_server_tls(open.certificate, open.key, config.tls);
    if (!tls) {
      node_.log.warning("listener", "", "the changed certificate is not used yet: " + tls.error().text());
      continue;  // half a renewal: the next look may find the other half
    }
    open.stamp = stamp;
    open.service = make_service(node_, config, open.service->settings, std::move(*tls));
    caf::anon_send(open.listener, UseService{open.service});
    refreshed.push_back(open.service->settings.name);
  }
  return refreshed;
}

void ServiceSet::shut_down() {
  for (auto& [where, open] : open_) caf::anon_send(open.listener, ShutDown{});
  open_.clear();
}

}  // namespace stagecoach
