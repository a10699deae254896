#include "routing/download/actions.h"

namespace stagecoach::routing {
namespace {

constexpr Audience k_nobody{}, k_original{true, false}, k_targets{false, true}, k_both{true, true};

using A = DownloadAction;
using N = DownloadNotice;
using R = RemoteFate;

// In the order of the enumeration.
constexpr ActionMeaning k_actions[] = {
    // clang-format off
    {A::query,                        "query",                        Flow::decides, Fetch::nothing, k_original, N::question, k_original, R::when_answered},
    {A::redirect_query,               "redirect_query",               Flow::decides, Fetch::nothing, k_targets,  N::question, k_targets,  R::when_answered},
    {A::copy_query,                   "copy_query",                   Flow::decides, Fetch::nothing, k_both,     N::question, k_both,     R::when_answered},
    {A::download,                     "download",                     Flow::decides, Fetch::whole,   k_original, N::none,     k_nobody,   R::by_age},
    {A::redirect,                     "redirect",                     Flow::decides, Fetch::whole,   k_targets,  N::none,     k_nobody,   R::by_age},
    {A::copy,                         "copy",                         Flow::decides, Fetch::whole,   k_both,     N::none,     k_nobody,   R::by_age},
    {A::download_and_delete,          "download_and_delete",          Flow::decides, Fetch::whole,   k_original, N::none,     k_nobody,   R::at_once},
    {A::redirect_download_and_delete, "redirect_download_and_delete", Flow::decides, Fetch::whole,   k_targets,  N::none,     k_nobody,   R::at_once},
    {A::copy_download_and_delete,     "copy_download_and_delete",     Flow::decides, Fetch::whole,   k_both,     N::none,     k_nobody,   R::at_once},
    {A::headers_only,                 "headers_only",                 Flow::decides, Fetch::headers, k_original, N::none,     k_nobody,   R::by_age},
    {A::redirect_headers_only,        "redirect_headers_only",        Flow::decides, Fetch::headers, k_targets,  N::none,     k_nobody,   R::by_age},
    {A::copy_headers_only,            "copy_headers_only",            Flow::decides, Fetch::headers, k_both,     N::none,     k_nobody,   R::by_age},
    {A::delete_and_warn,              "delete_and_warn",              Flow::decides, Fetch::nothing, k_nobody,   N::deleted,  k_original, R::at_once},
    {A::delete_and_warn_other_user,   "delete_and_warn_other_user",   Flow::decides, Fetch::nothing, k_nobody,   N::deleted,  k_targets,  R::at_once},
    {A::delete_and_copy_warning,      "delete_and_copy_warning",      Flow::decides, Fetch::nothing, k_nobody,   N::deleted,  k_both,     R::at_once},
    {A::delete_silently,              "delete_silently",              Flow::decides, Fetch::nothing, k_nobody,   N::none,     k_nobody,   R::at_once},
    {A::ignore,                       "ignore",                       Flow::decides, Fetch::nothing, k_nobody,   N::none,     k_nobody,   R::when_old},
    {A::reject,                       "reject",                       Flow::decides, Fetch::nothing, k_nobody,   N::rejected, k_nobody,   R::at_once},
    {A::set_header_and_continue,      "set_header_and_continue",      Flow::goes_on, Fetch::whole,   k_original, N::none,     k_nobody,   R::by_age},
    {A::set_header_and_stop,          "set_header_and_stop",          Flow::decides, Fetch::whole,   k_original, N::none,     k_nobody,   R::by_age},
    {A::begin_if,                     "if",                           Flow::begin_if, Fetch::whole,  k_original, N::none,     k_nobody,   R::by_age},
    {A::begin_else,                   "else",                         Flow::begin_else, Fetch::whole, k_original, N::none,    k_nobody,   R::by_age},
    {A::end_if,                       "endif",                        Flow::end_if, Fetch::whole,    k_original, N::none,     k_nobody,   R::by_age},
    {A::stop,                         "stop",                         Flow::decides, Fetch::whole,   k_original, N::none,     k_nobody,   R::by_age},
    // clang-format on
};

constexpr bool in_order() {
  std::size_t place = 0;
  for (const ActionMeaning& meaning : k_actions)
    if (static_cast<std::size_t>(meaning.action) != place++) return false;
  return place == static_cast<std::size_t>(A::stop) + 1;
}
static_assert(in_order());

}  // namespace

const ActionMeaning& meaning_of(DownloadAction action) { return k_actions[static_cast<std::size_t>(action)]; }

}  // namespace stagecoach::routing
