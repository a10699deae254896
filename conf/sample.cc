// The configuration that `stagecoach init` and ./run write.
#include "conf/reference.h"
#include "conf/value_text.h"

namespace stagecoach::conf {
namespace {

std::string service(const std::string& name, const std::string& protocol, const SampleOptions& options,
                    int port, const std::string& comment, const std::string& more = {}) {
  return "\n# " + comment + "\n[[service]]\nname = \"" + name + "\"\nprotocol = \"" + protocol +
         "\"\nlisten = [" + in_quotes(options.listen + ":" + std::to_string(port)) +
         "]\ntls = \"starttls\"\n" + more;
}

std::string users(const SampleOptions& options) {
  std::string text =
      "\n# Users may be declared here, or created with `stagecoach user add`. A hash instead of {plain} is "
      "safer:\n"
      "# `stagecoach user passwd` stores one.\n";
  for (const SampleUser& user : options.users) {
    text += "[[user]]\nname = " + in_quotes(user.name) + "\npassword = " + in_quotes(user.password) + "\n";
    if (user.administrator) text += "administrator = true\n";
    text += "\n";
  }
  return text;
}

constexpr const char* k_outgoing = R"(
# Outgoing mail. A connection runs its sender and its collectors, when a schedule item says so and, for new
# mail, at once. Fill in your provider's server, or use kind = "direct" for delivery to the MX hosts.
[[connection]]
name = "main"

[[sender]]
connection = "main"
kind = "relay"
servers = []            # "smtp.isp.example:587"; empty: nothing is sent
# username = "..."
# password = "..."

)";

constexpr const char* k_collecting = R"(
# Mail from a mailbox elsewhere:
# [[collector]]
# name = "isp"
# connections = ["main"]
# host = "pop.isp.example"
# username = "..."
# password = "..."
# method = "single_user"
# target_user = "..."
)";

}  // namespace

SampleOptions unprivileged_sample() {
  SampleOptions options;
  options.smtp_port = 2525;
  options.submission_port = 2587;
  options.pop3_port = 2110;
  options.imap_port = 2143;
  return options;
}

std::string sample_configuration(const SampleOptions& options) {
  std::string text =
      "# Configuration of Stagecoach. docs/reference/settings.md lists every key.\n"
      "# `stagecoach check -c FILE` says what is wrong, `stagecoach diff -c FILE` what a reload would "
      "change.\n\n"
      "[server]\nhostname = " +
      in_quotes(options.hostname) + "\ndata_dir = " + in_quotes(options.data_dir) +
      "\n\n[storage]\ndatabase = \"managed\"      # or \"host=db dbname=stagecoach user=stagecoach\"\n\n"
      "[local]\ndomains = [" +
      in_quotes(options.domain) +
      "]\n\n"
      "# Without certificate and key a self-signed certificate is made in data_dir.\n[tls]\n"
      "# certificate = \"mail.pem\"\n# key = \"mail.key\"\n";
  text += service("mx", "smtp", options, options.smtp_port, "Mail from other servers.");
  text += service("submission", "submission", options, options.submission_port,
                  "Mail of our own users, who must log in.");
  text += service("pop3", "pop3", options, options.pop3_port, "Mailboxes.");
  text += service("imap", "imap", options, options.imap_port, "Mailboxes with folders.");
  text += users(options);
  text +=
      "# Further addresses, lists of targets, catch-alls: docs/reference/mappings.md.\n"
      "# [[mapping]]\n# address = \"sales\"\n# target = \"fred\"\n";
  return text + k_outgoing + preset_schedule(options.schedule, "main") + k_collecting;
}

}  // namespace stagecoach::conf
