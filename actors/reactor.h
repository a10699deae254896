// One epoll thread that owns sockets and runs the actors that are pinned to it: a session's protocol engine,
// TLS and buffers never leave this thread, other actors reach it by ordinary messages. A timer wheel of
// one-second steps serves time-outs. Only post() and the enqueueing of messages may come from other threads.
#pragma once

#include <atomic>
#include <caf/all.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace stagecoach {

/// What sits in a reactor's epoll set. Lives and dies on the reactor's thread.
class IoHandler {
 public:
  IoHandler() = default;
  IoHandler(const IoHandler&) = delete;
  IoHandler& operator=(const IoHandler&) = delete;
  virtual ~IoHandler() = default;
  virtual void on_io(std::uint32_t events) = 0;
  virtual void on_deadline() {}

 private:
  friend class Reactor;
  IoHandler* previous_ = nullptr;
  IoHandler* next_ = nullptr;
  std::uint64_t due_ = 0;   // tick of the deadline
  std::uint64_t slot_ = 0;  // tick at which the wheel looks at it
};

class Reactor {
 public:
  explicit Reactor(caf::actor_system& system);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  void start();
  void stop();

  caf::actor_system& system() { return system_; }
  caf::execution_unit* pinned() { return &pinned_; }  // schedules an actor on this thread
  caf::execution_unit* out() { return &out_; }  // what pinned actors run in: wakes others on CAF's scheduler

  void add(int fd, IoHandler* handler, std::uint32_t events);
  void modify(int fd, IoHandler* handler, std::uint32_t events);
  void remove(int fd);
  /// Runs `work` on the reactor's thread.
  void post(std::function<void()> work);
  /// Drops the actor when the current round of events is over: epoll may have reported its handler already.
  void retire(caf::strong_actor_ptr actor) { retired_.push_back(std::move(actor)); }

  /// Calls on_deadline() once after this time, about to the second. Setting a later deadline costs nothing.
  void set_deadline(IoHandler& handler, std::chrono::seconds after);
  void cancel_deadline(IoHandler& handler);

 private:
  struct PinnedUnit : caf::execution_unit {
    explicit PinnedUnit(Reactor& reactor) : caf::execution_unit(&reactor.system_), reactor(reactor) {}
    void exec_later(caf::resumable* job) override { reactor.schedule(job); }
    Reactor& reactor;
  };
  struct OutUnit : caf::execution_unit {
    explicit OutUnit(Reactor& reactor) : caf::execution_unit(&reactor.system_) {}
    void exec_later(caf::resumable* job) override { system().scheduler().enqueue(job); }
  };
  struct Slot : IoHandler {
    void on_io(std::uint32_t) override {}
  };

  void control(int operation, int fd, IoHandler* handler, std::uint32_t events);
  void link(IoHandler& handler);
  void advance_wheel();
  void schedule(caf::resumable* job);
  void wake();
  void resume(caf::resumable* job);
  void take_posted();
  void run();

  caf::actor_system& system_;
  PinnedUnit pinned_;
  OutUnit out_;
  int epoll_ = -1;
  int event_ = -1;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
  std::atomic<std::thread::id> thread_id_{};
  std::mutex mutex_;  // guards the two that other threads fill
  std::vector<caf::resumable*> posted_jobs_;
  std::vector<std::function<void()>> posted_work_;
  std::vector<caf::resumable*> local_jobs_;
  std::vector<caf::strong_actor_ptr> retired_;
  std::vector<Slot> wheel_;
  std::uint64_t tick_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// An actor whose messages are handled on its reactor's thread. Base: some_typed_actor::base.
template <class Base>
class PinnedActor : public Base {
 public:
  template <class... Ts>
  PinnedActor(caf::actor_config& config, Reactor& reactor, Ts&&... arguments)
      : Base(config, std::forward<Ts>(arguments)...), reactor_(reactor) {}

  using Base::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override {
    Base::enqueue(std::move(element), reactor_.pinned());
  }

 protected:
  /// Runs `work` in the context of this actor, on the reactor's thread but outside of a message. send(),
  /// request() and quit() work in it. False: the actor has ended.
  template <class Work>
  bool in_context(Work&& work) {
    if (!this->activate(reactor_.out())) return false;
    try {
      work();
    } catch (const std::exception& bug) {
      this->quit(caf::make_error(caf::sec::runtime_error, bug.what()));
    }
    return !this->finalize();
  }

  Reactor& reactor_;
};

/// From any thread.
template <class T, class... Ts>
auto spawn_pinned(Reactor& reactor, Ts&&... arguments) {
  caf::actor_config config{reactor.pinned()};
  return reactor.system().spawn_class<T, caf::no_spawn_options>(config, reactor,
                                                                std::forward<Ts>(arguments)...);
}

}  // namespace stagecoach
