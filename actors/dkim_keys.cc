#include "actors/dkim_keys.h"

#include <filesystem>
#include <fstream>

namespace stagecoach {

namespace {

namespace fs = std::filesystem;
using Severity = conf::Problem::Severity;

constexpr std::streamsize k_key_bytes_max = 64 * 1024;
constexpr std::int64_t k_day_seconds = 24 * 60 * 60;

dkim::Signer signer_of(const conf::DkimSettings& settings, dkim::SigningKey key) {
  using Forms = conf::DkimForms;
  const Forms forms = settings.canonicalization;
  dkim::Signer signer{to_lower(settings.domain), settings.selector, std::move(key)};
  if (forms == Forms::simple_relaxed || forms == Forms::simple_simple) signer.header = dkim::Form::simple;
  if (forms == Forms::relaxed_simple || forms == Forms::simple_simple) signer.body = dkim::Form::simple;
  signer.more_fields = settings.headers;
  signer.valid_seconds = settings.expire_days * k_day_seconds;
  return signer;
}

/// Provenances name files from the folder of the configuration; problems as the caller has named them.
std::string shown_file(const std::string& path, const std::string& label) {
  std::error_code error;
  const fs::path folder = fs::is_directory(path, error) ? fs::path(path) : fs::path(path).parent_path();
  return (folder / label).string();
}

std::string advice(const dkim::SigningKey& key) {
  if (key.algorithm() != dkim::Algorithm::rsa_sha256) return {};
  const std::string size = "the key has " + std::to_string(key.bits()) + " bits: ";
  if (key.bits() < dkim::k_rsa_bits_advised) return size + "2048 are advised";
  if (key.bits() > dkim::k_rsa_bits_checked_max) return size + "not everybody can check more than 4096";
  return {};
}

}  // namespace

DkimKeys::DkimKeys(const std::vector<DkimKey>& keys) {
  for (const DkimKey& key : keys) by_domain_[key.signer.domain].push_back(key);
}

const std::vector<DkimKey>& DkimKeys::of(std::string_view domain) const {
  static const std::vector<DkimKey> none;
  const auto found = by_domain_.find(to_lower(domain));
  return found == by_domain_.end() ? none : found->second;
}

Result<dkim::SigningKey> read_dkim_key(const conf::Config& config, const conf::DkimSettings& settings) {
  const std::string path = config.resolve(settings.key);
  std::ifstream file(path, std::ios::binary);
  std::string pem(k_key_bytes_max + 1, '\0');
  file.read(pem.data(), static_cast<std::streamsize>(pem.size()));
  if (file.bad() || (file.gcount() == 0 && !file.eof()))
    return unavailable("the file " + path + " cannot be read");
  pem.resize(static_cast<std::size_t>(file.gcount()));
  auto key = dkim::SigningKey::parse(pem);
  if (!key) key.error().reason = "the file " + path + " " + key.error().reason;
  return key;
}

LoadedDkimKeys load_dkim_keys(const conf::Config& config, const std::string& path) {
  LoadedDkimKeys loaded;
  std::vector<DkimKey> keys;
  for (const conf::DkimSettings& settings : config.dkim_keys) {
    if (settings.domain.empty() || settings.selector.empty() || settings.key.empty()) continue;  // reported
    const auto problem = [&](std::string text, Severity severity) {
      loaded.problems.push_back({shown_file(path, settings.where.file), settings.where.line, "dkim.key",
                                 std::move(text), severity});
    };
    auto key = read_dkim_key(config, settings);
    if (!key) {
      if (key.error().kind != Error::Kind::unavailable) problem(key.error().reason, Severity::error);
      continue;
    }
    if (const std::string text = advice(*key); !text.empty()) problem(text, Severity::warning);
    if (settings.active) keys.push_back({signer_of(settings, std::move(*key)), settings.lan});
  }
  loaded.keys = std::make_shared<const DkimKeys>(keys);
  return loaded;
}

}  // namespace stagecoach
