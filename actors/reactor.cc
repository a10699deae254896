#include "actors/reactor.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace stagecoach {

namespace {
constexpr std::size_t k_wheel_slots = 512;
constexpr std::size_t k_messages_per_turn = 64;
constexpr int k_events_per_round = 256;
}  // namespace

Reactor::Reactor(caf::actor_system& system)
    : system_(system), pinned_(*this), out_(*this), wheel_(k_wheel_slots) {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  event_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  control(EPOLL_CTL_ADD, event_, nullptr, EPOLLIN);
  for (Slot& slot : wheel_) slot.previous_ = slot.next_ = &slot;
}

Reactor::~Reactor() {
  stop();
  ::close(epoll_);
  ::close(event_);
}

void Reactor::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "reactor");
}

void Reactor::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  wake();
  thread_.join();
}

void Reactor::control(int operation, int fd, IoHandler* handler, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = handler;
  epoll_ctl(epoll_, operation, fd, &event);
}

void Reactor::add(int fd, IoHandler* handler, std::uint32_t events) {
  control(EPOLL_CTL_ADD, fd, handler, events);
}
void Reactor::modify(int fd, IoHandler* handler, std::uint32_t events) {
  control(EPOLL_CTL_MOD, fd, handler, events);
}
void Reactor::remove(int fd) { control(EPOLL_CTL_DEL, fd, nullptr, 0); }

void Reactor::post(std::function<void()> work) {
  bool was_empty = false;
  {
    const std::lock_guard guard(mutex_);
    was_empty = posted_jobs_.empty() && posted_work_.empty();
    posted_work_.push_back(std::move(work));
  }
  if (was_empty) wake();
}

void Reactor::set_deadline(IoHandler& handler, std::chrono::seconds after) {
  handler.due_ = tick_ + static_cast<std::uint64_t>(std::max<std::int64_t>(after.count(), 1));
  if (handler.next_ && handler.due_ >= handler.slot_)
    return;  // the wheel looks, finds it is not due, re-links
  cancel_deadline(handler);
  link(handler);
}

void Reactor::cancel_deadline(IoHandler& handler) {
  if (!handler.next_) return;
  handler.previous_->next_ = handler.next_;
  handler.next_->previous_ = handler.previous_;
  handler.previous_ = handler.next_ = nullptr;
}

void Reactor::link(IoHandler& handler) {
  handler.slot_ = std::min(handler.due_, tick_ + wheel_.size() - 1);
  IoHandler& slot = wheel_[handler.slot_ % wheel_.size()];
  handler.previous_ = slot.previous_;
  handler.next_ = &slot;
  slot.previous_->next_ = &handler;
  slot.previous_ = &handler;
}

void Reactor::advance_wheel() {
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start_);
  while (tick_ < static_cast<std::uint64_t>(now.count())) {
    ++tick_;
    IoHandler& slot = wheel_[tick_ % wheel_.size()];
    while (slot.next_ != &slot) {  // a handler may cancel others: always take the first
      IoHandler& handler = *slot.next_;
      cancel_deadline(handler);
      if (handler.due_ <= tick_)
        handler.on_deadline();
      else
        link(handler);
    }
  }
}

void Reactor::schedule(caf::resumable* job) {
  if (std::this_thread::get_id() == thread_id_.load(std::memory_order_relaxed)) {
    local_jobs_.push_back(job);
    return;
  }
  bool was_empty = false;
  {
    const std::lock_guard guard(mutex_);
    was_empty = posted_jobs_.empty() && posted_work_.empty();
    posted_jobs_.push_back(job);
  }
  if (was_empty) wake();
}

void Reactor::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

void Reactor::resume(caf::resumable* job) {
  if (job->resume(&out_, k_messages_per_turn) == caf::resumable::resume_later)
    local_jobs_.push_back(job);
  else
    caf::intrusive_ptr_release(job);
}

void Reactor::take_posted() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(event_, &count, sizeof count);
  std::vector<caf::resumable*> jobs;
  std::vector<std::function<void()>> work;
  {
    const std::lock_guard guard(mutex_);
    jobs.swap(posted_jobs_);
    work.swap(posted_work_);
  }
  for (auto& one : work) one();
  for (caf::resumable* job : jobs) resume(job);
}

void Reactor::run() {
  thread_id_ = std::this_thread::get_id();
  std::vector<epoll_event> events(k_events_per_round);
  std::vector<caf::resumable*> jobs;
  while (!stopping_) {
    const int count = epoll_wait(epoll_, events.data(), k_events_per_round, local_jobs_.empty() ? 1000 : 0);
    for (int i = 0; i < count; ++i) {
      if (auto* handler = static_cast<IoHandler*>(events[static_cast<std::size_t>(i)].data.ptr))
        handler->on_io(events[static_cast<std::size_t>(i)].events);
      else
        take_posted();
    }
    jobs.swap(local_jobs_);
    for (caf::resumable* job : jobs) resume(job);
    jobs.clear();
    advance_wheel();
    retired_.clear();
  }
}

}  // namespace stagecoach
