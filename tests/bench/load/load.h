// What all load generators share: arguments, clock, one epoll loop, clients that speak in lines, random text.
// A generator runs on the same cores as what it measures, so it copies little and parses only what it must.
// Sizes are bytes, times are seconds of CLOCK_MONOTONIC. Any failure of the peer ends the program with
// exit 1.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

double now();
double cpu_seconds();  // of this process
[[noreturn]] void fail(const std::string& why);

/// `--name value` pairs.
class Arguments {
 public:
  Arguments(int argc, char** argv);
  std::string text(const std::string& name, const std::string& fallback = {}) const;
  long number(const std::string& name, long fallback) const;

 private:
  std::map<std::string, std::string> values_;
};

/// The name of user number n: u00042.
std::string user_name(long n);

/// One line of JSON on standard output.
class Report {
 public:
  Report& add(const std::string& name, double value);
  Report& add(const std::string& name, const std::string& value);
  void print();  // adds the CPU time of the generator

 private:
  std::string text_;
};

/// Adds count, median and p99 of values under `prefix`_median and so on, multiplied by factor.
void add_percentiles(Report& report, const std::string& prefix, std::vector<double> values, double factor);

class Client;

class Loop {
 public:
  Loop();
  /// Runs until done() or until the deadline; returns whether done.
  bool run(const std::function<bool()>& done, double deadline);
  /// Calls back once at that time.
  void at(double time, std::function<void()> action);

 private:
  friend class Client;
  void fire();
  int epoll_;
  std::multimap<double, std::function<void()>> timers_;
  std::vector<char> buffer_;
};

/// A TCP client of 127.0.0.1 that gets whole lines and may skip octets (literals) between them.
class Client {
 public:
  Client(Loop& loop, int port);
  virtual ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool is_closed() const { return closed_; }

 protected:
  virtual void on_line(std::string_view line) = 0;  // without CR LF
  virtual void on_closed();                         // by the peer; fails unless expect_close() was called
  void send(std::string_view bytes) { send(bytes, {}, {}); }
  void send(std::string_view first, std::string_view second, std::string_view third);
  void skip(std::size_t octets) { skip_ += octets; }
  void expect_close() { close_expected_ = true; }
  void close();

  Loop& loop_;

 private:
  friend class Loop;
  void on_events(unsigned events);
  void consume(std::string_view bytes);
  void flush();
  void watch(bool writing);

  int fd_ = -1;
  bool closed_ = false, close_expected_ = false, writing_ = false;
  std::size_t skip_ = 0;
  std::string line_;  // the beginning of a line whose end has not come
  std::string out_;
  std::size_t out_offset_ = 0;
};

/// Text that does not compress (random base64 in lines of 76), made once; messages are slices of it.
class RandomText {
 public:
  explicit RandomText(std::size_t size_bytes);
  /// Whole lines of about that size, beginning at a place chosen by number.
  std::string_view slice(std::size_t size_bytes, std::uint64_t number) const;

 private:
  std::string text_;
};

/// The header section of a message with its own subject and Message-ID.
std::string message_header(const std::string& to, std::uint64_t run, std::uint64_t number);

/// A seed that differs in each run.
std::uint64_t run_number();

}  // namespace bench
