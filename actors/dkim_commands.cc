#include "actors/dkim_commands.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "actors/command_tools.h"
#include "actors/dkim_keys.h"
#include "conf/check_report.h"
#include "conf/reader.h"
#include "protocols/dkim/key_record.h"

namespace stagecoach {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

using KeyOwner = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

constexpr int k_bits_max = 8192;

/// A new private key as PEM.
Result<std::string> make_key(dkim::Algorithm algorithm, int bits) {
  const KeyOwner key(algorithm == dkim::Algorithm::rsa_sha256
                         ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits))
                         : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"),
                     EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
  if (!key || !memory ||
      PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return internal_error("libcrypto could not make a key");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

/// Never over another file: a lost key cannot be made again.
Result<void> write_new_file(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) return conflict(path + " exists already; it is left as it is");
  if (fd < 0) return unavailable("cannot write " + path + ": " + std::strerror(errno));
  const bool done =
      ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  ::close(fd);
  if (!done) return unavailable("cannot write " + path);
  return {};
}

struct NewKey {
  std::string selector, path;
  dkim::SigningKey key;
};

Result<NewKey> new_key(const fs::path& folder, const std::string& domain, const std::string& selector,
                       dkim::Algorithm algorithm, int bits) {
  auto pem = make_key(algorithm, bits);
  if (!pem) return std::move(pem.error());
  auto key = dkim::SigningKey::parse(*pem);
  if (!key) return std::move(key.error());
  const std::string path = (folder / (domain + "." + selector + ".pem")).string();
  if (auto written = write_new_file(path, *pem); !written) return std::move(written.error());
  return NewKey{selector, path, std::move(*key)};
}

std::string zone_line(const std::string& selector, const std::string& domain, const dkim::SigningKey& key) {
  return dkim::record_name(selector, domain) + ". IN TXT ( " + dkim::txt_strings(dkim::key_record(key)) +
         " )";
}

json json_of(const std::string& selector, const std::string& domain, const std::string& path,
             const dkim::SigningKey& key) {
  return {{"domain", domain},
          {"selector", selector},
          {"key", path},
          {"algorithm", std::string(dkim::name_of(key.algorithm()))},
          {"bits", key.bits()},
          {"record_name", dkim::record_name(selector, domain)},
          {"record", dkim::key_record(key)}};
}

void print_new(const std::string& domain, const std::vector<NewKey>& keys) {
  std::cout << "Add to the configuration, once the records below are published:\n\n";
  for (const NewKey& one : keys)
    std::cout << "[[dkim]]\ndomain = \"" << domain << "\"\nselector = \"" << one.selector << "\"\nkey = \""
              << one.path << "\"\n\n";
  std::cout << "Publish in DNS:\n\n";
  for (const NewKey& one : keys) std::cout << zone_line(one.selector, domain, one.key) << "\n\n";
}

/// "both": the RSA key has the selector itself, the Ed25519 key has "-ed25519" behind it.
std::vector<std::pair<dkim::Algorithm, std::string>> wanted(const std::string& type,
                                                            const std::string& selector) {
  if (type == "rsa") return {{dkim::Algorithm::rsa_sha256, selector}};
  if (type == "ed25519") return {{dkim::Algorithm::ed25519_sha256, selector}};
  if (type != "both") return {};
  return {{dkim::Algorithm::rsa_sha256, selector}, {dkim::Algorithm::ed25519_sha256, selector + "-ed25519"}};
}

Result<int> bits_of(const CommandLine& line) {
  const std::string text = line.value("bits", std::to_string(dkim::k_rsa_bits_advised));
  if (text.empty() || text.size() > 4 || text.find_first_not_of("0123456789") != std::string::npos)
    return invalid_input("--bits needs a number");
  const int bits = std::stoi(text);
  if (bits < dkim::k_rsa_bits_min || bits > k_bits_max) return invalid_input("--bits: 1024 to 8192");
  return bits;
}

int new_keys(const CommandLine& line) {
  const std::string domain = to_lower(line.word(2)),
                    selector = to_lower(line.value("selector", "stagecoach"));
  if (!conf::is_host_name(domain)) return wrong_usage("dkim new needs a domain");
  if (!conf::is_host_name(selector)) return wrong_usage("--selector needs a name as it can stand in DNS");
  const auto kinds = wanted(line.value("type", "both"), selector);
  if (kinds.empty()) return wrong_usage("--type is rsa, ed25519 or both");
  const auto bits = bits_of(line);
  if (!bits) return wrong_usage(bits.error().reason);
  const conf::ReadConfig read = conf::read_config(config_path(line));
  if (read.config.folder.empty()) return failure(not_found("cannot read " + config_path(line)));
  const fs::path folder = fs::path(read.config.resolve(read.config.server.data_dir)) / "dkim";
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return failure(unavailable("cannot create " + folder.string() + ": " + std::strerror(errno)));
  std::vector<NewKey> keys;
  for (const auto& [algorithm, name] : kinds) {
    auto key = new_key(folder, domain, name, algorithm, *bits);
    if (!key) return failure(key.error());
    keys.push_back(std::move(*key));
  }
  if (!line.has("json")) return print_new(domain, keys), 0;
  json answer = json::array();
  for (const NewKey& one : keys) answer.push_back(json_of(one.selector, domain, one.path, one.key));
  std::cout << answer.dump(2) << "\n";
  return 0;
}

int show(const CommandLine& line) {
  const conf::ReadConfig read = conf::read_config(config_path(line));
  if (!read.ok()) return failure(invalid_input("the configuration has errors; stagecoach check shows them"));
  json answer = json::array();
  int status = 0;
  for (const conf::DkimSettings& settings : read.config.dkim_keys) {
    if (!line.word(2).empty() && !equals_ignoring_case(settings.domain, line.word(2))) continue;
    const auto key = read_dkim_key(read.config, settings);
    if (!key) {
      status = failure(key.error());
      continue;
    }
    json one = json_of(settings.selector, settings.domain, read.config.resolve(settings.key), *key);
    one["active"] = settings.active;
    answer.push_back(std::move(one));
    if (!line.has("json"))
      std::cout << "; " << dkim::name_of(key->algorithm()) << ", " << key->bits() << " bits"
                << (settings.active ? "" : ", not active") << "\n"
                << zone_line(settings.selector, settings.domain, *key) << "\n";
  }
  if (line.has("json")) std::cout << answer.dump(2) << "\n";
  return status;
}

}  // namespace

const std::set<std::string>& dkim_options() {
  static const std::set<std::string> options{"selector", "type", "bits"};
  return options;
}

int run_dkim_command(const CommandLine& line) {
  if (line.word(1) == "new") return new_keys(line);
  if (line.word(1) == "show") return show(line);
  return wrong_usage("dkim needs new DOMAIN, or show [DOMAIN]");
}

}  // namespace stagecoach
