// How fast the routing core decides, on one core: addresses resolved, and messages through all stages, with
// directories of several sizes. Prints a table; docs/explanation/performance.md has the figures.
//   routing_bench [SECONDS]     seconds for each figure, 1 without an argument
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "routing/pipeline.h"

namespace stagecoach::routing {
namespace {

using Clock = std::chrono::steady_clock;

struct Sizes {
  int users, mappings, lists, rules;
};

/// Of the mappings half are exact, a quarter is limited to one domain, a quarter has wildcards of all forms.
Mapping make_mapping(int i) {
  const std::string n = std::to_string(i);
  Mapping mapping;
  switch (i % 8) {
    case 0:
    case 1: mapping.address = "alias" + n; break;
    case 2:
    case 3: mapping.address = "alias" + n + "@example.com"; break;
    case 4: mapping.address = "team-" + n + "-*@example.com"; break;
    case 5: mapping.address = "*-" + n + "@example.org"; break;
    case 6: mapping.address = "*.project" + n + ".*@example.com"; break;
    default: mapping.address = "info?@dept" + n + ".example.com"; break;
  }
  mapping.target = "user" + std::to_string(i % 1000);
  return mapping;
}

User make_user(int i, bool with_rules) {
  User user;
  user.id = UserId{i + 1};
  user.name = "user" + std::to_string(i);
  Profile profile;
  if (with_rules) {
    MessageRule rule;
    rule.name = "alarms";
    rule.conditions = {{"Subject", true, false, RuleMatch::contains, "warning"},
                       {"From", true, false, RuleMatch::regex, "/@(ops|dev)\\.example$/"}};
    rule.actions = {{RuleVerb::move_to_folder, "Alarms"}};
    profile.message_rules = {rule};
  }
  if (i % 50 == 7) profile.routing.forward_to = {"user" + std::to_string(i - 1)};
  if (i % 50 == 9) profile.routing.assistants = {"user" + std::to_string(i - 1)};
  user.profile = std::make_shared<const Profile>(std::move(profile));
  return user;
}

Directory make_directory(const Sizes& sizes) {
  DirectoryEntries entries;
  for (int i = 0; i < sizes.users; ++i) entries.users.push_back(make_user(i, i < sizes.rules));
  for (int i = 0; i < sizes.mappings; ++i) entries.mappings.push_back(make_mapping(i));
  for (int i = 0; i < sizes.lists; ++i) {
    MailList list;
    list.name = "list" + std::to_string(i);
    auto members = std::make_shared<Members>();
    for (int m = 0; m < 10; ++m) members->push_back("user" + std::to_string((i * 7 + m) % sizes.users));
    list.members = std::move(members);
    list.allow_incoming = true;
    entries.lists.push_back(std::move(list));
  }
  RoutingOptions options;
  options.local_domains = {"example.com", "example.org", "*.example.com"};
  options.default_domain = "example.com";
  options.hostname = "mail.example.com";
  return Directory(std::move(entries), std::move(options));
}

std::string pick_address(std::mt19937& random, const Sizes& sizes) {
  const auto below = [&](int n) {
    return std::to_string(static_cast<int>(random() % static_cast<unsigned>(n)));
  };
  switch (random() % 10) {
    case 0: return "alias" + below(sizes.mappings) + "@example.com";
    case 1: return "team-" + below(sizes.mappings) + "-north@example.com";
    case 2: return "a.project" + below(sizes.mappings) + ".b@example.com";
    case 3: return "nobody" + below(1000000) + "@example.com";
    default: return "user" + below(sizes.users) + "@example.com";
  }
}

/// Calls `work` for about `seconds`; gives calls a second.
template <class Work>
double rate(double seconds, Work&& work) {
  const auto begin = Clock::now();
  std::int64_t calls = 0;
  double passed = 0;
  do {
    for (int i = 0; i < 64; ++i, ++calls) work();
    passed = std::chrono::duration<double>(Clock::now() - begin).count();
  } while (passed < seconds);
  return static_cast<double>(calls) / passed;
}

double message_rate(const Directory& directory, const Sizes& sizes, int recipients, double seconds) {
  std::mt19937 random(7);
  const Pipeline pipeline;
  Facts facts;
  facts.has_message = true;
  facts.now = Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20));
  facts.header = {{"From", "Ann <ann@ops.example>", {{"ann", "ops.example"}}},
                  {"To", "user1@example.com", {{"user1", "example.com"}}},
                  {"Subject", "Warning: disk nearly full", {}},
                  {"Message-ID", "<1@ops.example>", {}}};
  facts.body = [] { return std::string_view("text"); };
  auto content = std::make_shared<Content>();
  content->size_bytes = 5000;
  std::vector<Arrival> arrivals(1024);
  for (Arrival& arrival : arrivals) {
    arrival.content = content;
    arrival.envelope.reverse_path = "ann@ops.example";
    for (int i = 0; i < recipients; ++i)
      arrival.envelope.recipients.push_back({pick_address(random, sizes), notify_unset, {}});
  }
  std::size_t next = 0, deliveries = 0;
  const double messages = rate(seconds, [&] {
    deliveries +=
        run_pipeline(pipeline, {arrivals[next++ % arrivals.size()], directory, facts}).deliveries.size();
  });
  if (deliveries == 0) std::abort();
  return messages;
}

void measure(const Sizes& sizes, double seconds) {
  const auto begin = Clock::now();
  const Directory directory = make_directory(sizes);
  const double build = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  std::mt19937 random(42);
  std::vector<Address> addresses;
  for (int i = 0; i < 4096; ++i) addresses.push_back(split_address(pick_address(random, sizes)));
  std::size_t next = 0, found = 0;
  const double lookups = rate(seconds, [&] {
    const Address& address = addresses[next++ % addresses.size()];
    found += directory.mappings_for(address, {}).size() + (directory.find_user(address.local) ? 1 : 0);
  });
  if (found == 0) std::abort();
  const double one = message_rate(directory, sizes, 1, seconds);
  const double ten = message_rate(directory, sizes, 10, seconds);
  std::printf("%6d %8d %6d %6d | %8.0f ms | %6.2f us | %9.0f | %9.0f\n", sizes.users, sizes.mappings,
              sizes.lists, sizes.rules, build, 1e6 / lookups, one, ten * 10);
}

}  // namespace
}  // namespace stagecoach::routing

int main(int argc, char** argv) {
  using stagecoach::routing::Sizes;
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1;
  std::printf(
      " users mappings  lists  rules |    building | resolving | messages/s | recipients/s of 10 each\n");
  for (const Sizes& sizes : {Sizes{1000, 1000, 20, 40}, Sizes{5000, 5000, 100, 200},
                             Sizes{20000, 20000, 400, 800}, Sizes{50000, 50000, 1000, 2000}})
    stagecoach::routing::measure(sizes, seconds);
}
