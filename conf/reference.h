// Texts made from the settings: the reference page and a commented configuration to start from.
#pragma once

#include <string>
#include <vector>

#include "conf/schedule_preset.h"

namespace stagecoach::conf {

/// docs/reference/settings.md, as `stagecoach docs settings` prints it.
std::string settings_reference();

struct SampleUser {
  std::string name;
  std::string password;  // as it shall stand in the file: "{plain}secret" or "$argon2id$…"
  bool administrator = false;
};

struct SampleOptions {
  std::string hostname = "mail.example.com";
  std::string domain = "example.com";
  std::string data_dir = "data";
  std::string listen = "*";  // host of every service: "127.0.0.1" for a trial
  int smtp_port = 25;
  int submission_port = 587;
  int pop3_port = 110;
  int imap_port = 143;
  SchedulePreset schedule;
  std::vector<SampleUser> users;
};

/// The ports of ./run, for which no privilege is needed: 2525, 2587, 2110, 2143.
SampleOptions unprivileged_sample();

/// A complete commented configuration that read_config accepts without errors.
std::string sample_configuration(const SampleOptions& options);

}  // namespace stagecoach::conf
