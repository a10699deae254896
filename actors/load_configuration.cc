#include "actors/load_configuration.h"

#include "actors/routing_options.h"
#include "actors/script_store.h"
#include "actors/test_command.h"
#include "actors/tls.h"
#include "conf/reader.h"

namespace stagecoach {

namespace {

using Severity = conf::Problem::Severity;

void check_pipeline(LoadedConfiguration& loaded, const std::string& path) {
  const auto pipeline = routing::Pipeline::of(loaded.config->pipeline.stages,
                                              find_script_stages(*loaded.config, loaded.scripts));
  if (!pipeline)
    loaded.problems.push_back({path, 0, "pipeline.stages", pipeline.error().reason, Severity::error});
}

/// Certificates and keys that can be read can be used, too: the listeners would find out later.
void check_certificates(LoadedConfiguration& loaded, const std::string& path) {
  const conf::Config& config = *loaded.config;
  const auto check = [&](const std::string& section, const std::string& certificate, const std::string& key) {
    if (certificate.empty()) return;
    const auto tls = load_server_tls(config.resolve(certificate), config.resolve(key), config.tls);
    if (!tls)
      loaded.problems.push_back({path, 0, section + ".certificate", tls.error().reason, Severity::error});
  };
  check("tls", config.tls.certificate, config.tls.key);
  for (const conf::ServiceSettings& service : config.services)
    check("service." + service.name, service.certificate, service.key);
}

/// The cases see the declared entries: those of the database are not there before the server runs.
void run_required_tests(LoadedConfiguration& loaded) {
  const conf::Config& config = *loaded.config;
  routing::DirectoryEntries entries{conf::declared_users(config), conf::declared_mappings(config),
                                    conf::declared_lists(config), conf::declared_groups(config)};
  auto directory =
      std::make_shared<const routing::Directory>(std::move(entries), routing_options(config, {}));
  auto world = what_if(loaded.config, std::move(directory), loaded.scripts);
  if (!world) return;
  const TestReport report = run_tests(*world, loaded.scripts);
  for (const conf::Problem& problem : report.problems) loaded.problems.push_back(problem);
  for (const TestOutcome& outcome : report.outcomes)
    for (const std::string& difference : outcome.differences)
      loaded.problems.push_back(
          {outcome.file, outcome.line, "case " + outcome.name, difference, Severity::error});
}

}  // namespace

bool LoadedConfiguration::ok() const { return errors().empty(); }

std::vector<std::string> LoadedConfiguration::errors() const {
  std::vector<std::string> lines;
  for (const conf::Problem& problem : problems)
    if (problem.severity == Severity::error) lines.push_back(problem.text());
  return lines;
}

LoadedConfiguration load_configuration(const std::string& path) {
  conf::ReadConfig read = conf::read_config(path);
  LoadedConfiguration loaded;
  loaded.problems = std::move(read.problems);
  loaded.config = std::make_shared<const conf::Config>(std::move(read.config));
  LoadedScripts scripts = load_scripts(*loaded.config);
  loaded.scripts = std::move(scripts.scripts);
  for (conf::Problem& problem : scripts.problems) loaded.problems.push_back(std::move(problem));
  LoadedDkimKeys keys = load_dkim_keys(*loaded.config, path);
  loaded.dkim_keys = std::move(keys.keys);
  for (conf::Problem& problem : keys.problems) loaded.problems.push_back(std::move(problem));
  if (loaded.ok()) check_pipeline(loaded, path);
  if (loaded.ok()) check_certificates(loaded, path);
  if (loaded.ok() && loaded.config->pipeline.require_tests) run_required_tests(loaded);
  return loaded;
}

}  // namespace stagecoach
