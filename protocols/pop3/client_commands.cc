// What the owner of a ready session asks for.
#include "protocols/pop3/client_core.h"

namespace stagecoach::pop3 {

using Core = ClientSession::Core;

void Core::give(Kind kind, std::string line, std::size_t number) {
  if (state != State::ready) return;
  command(kind, std::move(line), {}, number);
  pump();
}

void Core::quit() {
  if (state != State::ready) return;
  command(Kind::quit, "QUIT");
  state = State::quitting;
  pump();
}

}  // namespace stagecoach::pop3
