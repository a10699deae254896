// An actor for calls that block: each runs on a thread of its own, at most `at_once_max` at a time, the
// others wait in line in their order; beyond `waiting_max` of them the answer is an error.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "actors/local_messages.h"

namespace stagecoach {

template <class Job, class Answer>
using BlockingActor = typename caf::typed_actor<typename caf::replies_to<Job>::template with<Answer>>;

struct BlockingLimits {
  std::size_t at_once_max = 4, waiting_max = 1000;
};

template <class Job, class Answer>
class BlockingPool : public BlockingActor<Job, Answer>::base {
 public:
  using Handle = BlockingActor<Job, Answer>;
  using Call = std::function<Answer(const Job&)>;

  BlockingPool(caf::actor_config& config, const char* name, BlockingLimits limits, Call call)
      : Handle::base(config), name_(name), limits_(limits), call_(std::move(call)) {}

  typename Handle::behavior_type make_behavior() override {
    return {[this](const Job& job) -> caf::result<Answer> {
      auto promise = this->template make_response_promise<Answer>();
      if (line_.size() >= limits_.waiting_max)
        promise.deliver(caf::make_error(caf::sec::request_receiver_down));
      else
        line_.push_back({job, promise});
      go_on();
      return promise;
    }};
  }
  void on_exit() override { line_.clear(); }
  const char* name() const override { return name_; }

 private:
  struct Waiting {
    Job job;
    caf::typed_response_promise<Answer> promise;
  };

  /// Lives for one call.
  class Worker : public Handle::base {
   public:
    Worker(caf::actor_config& config, Call call) : Handle::base(config), call_(std::move(call)) {}
    typename Handle::behavior_type make_behavior() override {
      return {[this](const Job& job) -> caf::result<Answer> {
        this->quit();
        return call_(job);
      }};
    }

   private:
    Call call_;
  };

  void go_on() {
    while (under_way_ < limits_.at_once_max && !line_.empty()) {
      Waiting next = std::move(line_.front());
      line_.pop_front();
      ++under_way_;
      const auto worker = this->template spawn<Worker, caf::detached>(call_);
      this->request(worker, caf::infinite, std::move(next.job))
          .then(
              [this, promise = next.promise](const Answer& answer) mutable {
                promise.deliver(answer);
                ended();
              },
              [this, promise = next.promise](caf::error& error) mutable {
                promise.deliver(std::move(error));
                ended();
              });
    }
  }
  void ended() {
    --under_way_;
    go_on();
  }

  const char* name_;
  BlockingLimits limits_;
  Call call_;
  std::deque<Waiting> line_;
  std::size_t under_way_ = 0;
};

}  // namespace stagecoach
