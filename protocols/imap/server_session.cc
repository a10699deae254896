#include "protocols/imap/server_session.h"

#include "protocols/imap/session_impl.h"

namespace stagecoach::imap {

ServerSession::ServerSession(Options options, Limits limits)
    : impl_(std::make_unique<Impl>(std::move(options), limits)) {}
ServerSession::~ServerSession() = default;
ServerSession::ServerSession(ServerSession&&) noexcept = default;
ServerSession& ServerSession::operator=(ServerSession&&) noexcept = default;

Events ServerSession::greet() {
  impl_->greet();
  return impl_->take_events();
}

Events ServerSession::refuse(std::string_view text) {
  impl_->refuse(text);
  return impl_->take_events();
}

Events ServerSession::receive(std::string_view bytes) {
  impl_->receive(bytes);
  return impl_->take_events();
}

bool ServerSession::is_waiting() const { return impl_->is_waiting(); }

Events ServerSession::shut_down(std::string_view text) {
  impl_->shut_down(text);
  return impl_->take_events();
}

Events ServerSession::news(FolderNews news) {
  impl_->news(std::move(news));
  return impl_->take_events();
}

Events ServerSession::tls_started() { return impl_->answer(Impl::Waiting::tls, &Impl::tls_started); }
Events ServerSession::drained() { return impl_->answer(Impl::Waiting::drain, &Impl::drained); }
Events ServerSession::authenticated(Result<std::string> user) {
  return impl_->answer(Impl::Waiting::login, &Impl::authenticated, std::move(user));
}
Events ServerSession::verifier(std::string verifier) {
  return impl_->answer(Impl::Waiting::verifier, &Impl::verifier, std::move(verifier));
}
Events ServerSession::folders(Result<std::vector<FolderInfo>> folders) {
  return impl_->answer(Impl::Waiting::folders, &Impl::folders, std::move(folders));
}
Events ServerSession::status(Result<std::vector<FolderCounts>> counts) {
  return impl_->answer(Impl::Waiting::status, &Impl::status_known, std::move(counts));
}
Events ServerSession::opened(Result<FolderSnapshot> snapshot) {
  return impl_->answer(Impl::Waiting::opened, &Impl::opened, std::move(snapshot));
}
Events ServerSession::done(Result<void> result) {
  return impl_->answer(Impl::Waiting::done, &Impl::done, std::move(result));
}
Events ServerSession::denied() { return impl_->answer(Impl::Waiting::done, &Impl::denied); }
Events ServerSession::granted(Result<void> slot) {
  return impl_->answer(Impl::Waiting::granted, &Impl::granted, std::move(slot));
}
Events ServerSession::loaded(Result<std::vector<LoadedMessage>> messages) {
  return impl_->answer(Impl::Waiting::loaded, &Impl::loaded, std::move(messages));
}
Events ServerSession::stored(Result<StoredFlags> stored) {
  return impl_->answer(Impl::Waiting::stored, &Impl::stored, std::move(stored));
}
Events ServerSession::copied(Result<CopiedMessages> copied) {
  return impl_->answer(Impl::Waiting::copied, &Impl::copied, std::move(copied));
}
Events ServerSession::expunged(Result<ExpungedMessages> expunged) {
  return impl_->answer(Impl::Waiting::expunged, &Impl::expunged, std::move(expunged));
}
Events ServerSession::append_ready(Result<void> ready) {
  return impl_->answer(Impl::Waiting::append_ready, &Impl::append_ready, std::move(ready));
}
Events ServerSession::appended(Result<AppendedMessage> appended) {
  return impl_->answer(Impl::Waiting::appended, &Impl::appended, std::move(appended));
}

const std::string& ServerSession::user() const { return impl_->user(); }
std::string ServerSession::activity() const { return impl_->activity(); }

}  // namespace stagecoach::imap
