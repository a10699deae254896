#include "load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <random>

namespace bench {

namespace {

constexpr std::size_t k_read_bytes = 256 * 1024;
constexpr std::size_t k_line_bytes = 78;  // 76 and CR LF

std::string number_text(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

}  // namespace

double now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void fail(const std::string& why) {
  std::fprintf(stderr, "load generator: %s\n", why.c_str());
  std::exit(1);
}

Arguments::Arguments(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; i += 2) values_[std::string(argv[i]).substr(2)] = argv[i + 1];
}

std::string Arguments::text(const std::string& name, const std::string& fallback) const {
  const auto found = values_.find(name);
  return found == values_.end() ? fallback : found->second;
}

long Arguments::number(const std::string& name, long fallback) const {
  const auto found = values_.find(name);
  return found == values_.end() ? fallback : std::atol(found->second.c_str());
}

std::string user_name(long n) {
  char text[32];
  std::snprintf(text, sizeof text, "u%05ld", n);
  return text;
}

Report& Report::add(const std::string& name, double value) {
  text_ += (text_.empty() ? "\"" : ", \"") + name + "\": " + number_text(value);
  return *this;
}

Report& Report::add(const std::string& name, const std::string& value) {
  text_ += (text_.empty() ? "\"" : ", \"") + name + "\": \"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  text_ += '"';
  return *this;
}

void Report::print() {
  add("generator_cpu", cpu_seconds());
  std::printf("{%s}\n", text_.c_str());
  std::fflush(stdout);
}

void add_percentiles(Report& report, const std::string& prefix, std::vector<double> values, double factor) {
  report.add(prefix + "_count", static_cast<double>(values.size()));
  if (values.empty()) return;
  std::sort(values.begin(), values.end());
  const auto at = [&](double part) {
    const auto place = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
    return values[std::min(values.size() - 1, place == 0 ? 0 : place - 1)] * factor;
  };
  report.add(prefix + "_median", at(0.5)).add(prefix + "_p99", at(0.99)).add(prefix + "_max", at(1.0));
}

// ---- the loop ----

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(k_read_bytes) {
  if (epoll_ < 0) fail("epoll_create1");
}

void Loop::at(double time, std::function<void()> action) { timers_.emplace(time, std::move(action)); }

void Loop::fire() {
  while (!timers_.empty() && timers_.begin()->first <= now()) {
    const auto action = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    action();
  }
}

bool Loop::run(const std::function<bool()>& done, double deadline) {
  epoll_event events[256];
  while (!done()) {
    const double time = now();
    if (time >= deadline) return false;
    const double until = timers_.empty() ? deadline : std::min(deadline, timers_.begin()->first);
    const int pause = static_cast<int>(std::clamp(std::ceil((until - time) * 1000), 0.0, 1000.0));
    const int count = epoll_wait(epoll_, events, 256, pause);
    for (int i = 0; i < count; ++i) static_cast<Client*>(events[i].data.ptr)->on_events(events[i].events);
    if (!timers_.empty()) fire();
  }
  return true;
}

// ---- a client ----

Client::Client(Loop& loop, int port) : loop_(loop) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) fail(std::string("socket: ") + std::strerror(errno));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    fail("connect to port " + std::to_string(port) + ": " + std::strerror(errno));
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
  epoll_event event{EPOLLIN, {.ptr = this}};
  epoll_ctl(loop_.epoll_, EPOLL_CTL_ADD, fd_, &event);
}

Client::~Client() { close(); }

void Client::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  closed_ = true;
}

void Client::on_closed() {
  if (!close_expected_) fail("the server closed a connection");
}

void Client::watch(bool writing) {
  if (writing == writing_) return;
  writing_ = writing;
  epoll_event event{EPOLLIN | (writing ? EPOLLOUT : 0U), {.ptr = this}};
  epoll_ctl(loop_.epoll_, EPOLL_CTL_MOD, fd_, &event);
}

void Client::on_events(unsigned events) {
  if (fd_ >= 0 && (events & EPOLLOUT)) flush();
  if (fd_ < 0 || !(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
  const auto count = recv(fd_, loop_.buffer_.data(), loop_.buffer_.size(), 0);
  if (count > 0) return consume({loop_.buffer_.data(), static_cast<std::size_t>(count)});
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  close();
  on_closed();
}

void Client::consume(std::string_view bytes) {
  while (!bytes.empty() && fd_ >= 0) {
    if (skip_ > 0) {
      const std::size_t count = std::min(skip_, bytes.size());
      skip_ -= count;
      bytes.remove_prefix(count);
      continue;
    }
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) {
      line_.append(bytes);
      return;
    }
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    std::string whole;
    if (!line_.empty()) {
      whole.swap(line_);
      whole.append(line);
      line = whole;
    }
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    on_line(line);
  }
}

void Client::send(std::string_view first, std::string_view second, std::string_view third) {
  if (fd_ < 0) return;
  std::size_t sent = 0;
  if (out_.size() == out_offset_) {
    iovec parts[3] = {{const_cast<char*>(first.data()), first.size()},
                      {const_cast<char*>(second.data()), second.size()},
                      {const_cast<char*>(third.data()), third.size()}};
    const auto count = writev(fd_, parts, 3);
    if (count > 0) sent = static_cast<std::size_t>(count);
  }
  for (std::string_view part : {first, second, third}) {
    const std::size_t gone = std::min(sent, part.size());
    sent -= gone;
    out_.append(part.substr(gone));
  }
  watch(out_.size() > out_offset_);
}

void Client::flush() {
  while (out_offset_ < out_.size()) {
    const auto count = ::send(fd_, out_.data() + out_offset_, out_.size() - out_offset_, MSG_NOSIGNAL);
    if (count <= 0) return;
    out_offset_ += static_cast<std::size_t>(count);
  }
  out_.clear();
  out_offset_ = 0;
  watch(false);
}

// ---- messages ----

RandomText::RandomText(std::size_t size_bytes) {
  static constexpr char k_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::mt19937_64 random(run_number());
  text_.reserve(size_bytes + k_line_bytes);
  while (text_.size() < size_bytes) {
    std::uint64_t bits = 0;
    for (int i = 0; i < 76; ++i) {
      if (i % 10 == 0) bits = random();
      text_ += k_digits[bits & 63];
      bits >>= 6;
    }
    text_ += "\r\n";
  }
}

std::string_view RandomText::slice(std::size_t size_bytes, std::uint64_t number) const {
  const std::size_t wanted = std::max<std::size_t>(1, size_bytes / k_line_bytes);
  const std::size_t lines = text_.size() / k_line_bytes;
  const std::size_t count = std::min(wanted, lines);
  const std::size_t first = count == lines ? 0 : (number * 7919) % (lines - count);
  return std::string_view(text_).substr(first * k_line_bytes, count * k_line_bytes);
}

std::string message_header(const std::string& to, std::uint64_t run, std::uint64_t number) {
  const std::string id = std::to_string(run) + "." + std::to_string(number);
  return "From: Some Sender <sender@elsewhere.example>\r\nTo: " + to + "\r\nSubject: Message number " + id +
         "\r\nDate: Mon, 01 Jun 2026 12:00:00 +0000\r\nMessage-ID: <" + id +
         "@elsewhere.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n";
}

std::uint64_t run_number() {
  static const std::uint64_t number = std::random_device{}();
  return number;
}

}  // namespace bench
