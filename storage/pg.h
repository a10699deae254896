// libpq behind owners and Results: with pg.cc and pipeline.cc the only code that sees libpq.
// One Database is one connection and belongs to one thread. Statements are prepared on first use; values go
// in as parameters, never into the text of a statement. Column types are bigint, text, bytea, boolean and
// arrays of bigint and text only, so that parameters and results have few forms. Text must be valid UTF-8
// without NUL (see clean_text); what is not goes into bytea.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "routing/model/result.h"

namespace stagecoach::storage {

template <auto Free>
struct PgDeleter {
  void operator()(auto* handle) const { Free(handle); }
};
using PgConnection = std::unique_ptr<PGconn, PgDeleter<PQfinish>>;
using PgResult = std::unique_ptr<PGresult, PgDeleter<PQclear>>;

/// A statement with a name of its own: "mapping_insert".
/// With `binary` its results come in binary form: for bytea, text and bigint columns only.
struct Statement {
  const char* name;
  const char* sql;
  bool binary = false;
};

/// One parameter. Bytes and text are referred to, not copied: they must outlive the call.
class Param {
 public:
  Param(std::int64_t value) : own_(std::to_string(value)), kind_(Kind::own) {}  // NOLINT: implicit by design
  Param(int value) : Param(static_cast<std::int64_t>(value)) {}                 // NOLINT
  Param(long long value) : Param(static_cast<std::int64_t>(value)) {}           // NOLINT
  Param(bool value) : own_(value ? "t" : "f"), kind_(Kind::own) {}              // NOLINT
  Param(std::string_view text) : view_(text), kind_(Kind::view) {}              // NOLINT
  Param(const std::string& text) : view_(text), kind_(Kind::view) {}            // NOLINT
  Param(const char* text) : view_(text), kind_(Kind::view) {}                   // NOLINT
  Param(std::nullptr_t) : kind_(Kind::null) {}                                  // NOLINT
  /// An array: bigint[] or text[] in PostgreSQL's text form.
  explicit Param(const std::vector<std::int64_t>& values);
  explicit Param(const std::vector<std::string>& values);

  const char* data() const;
  int size() const;
  /// 1 for views (raw bytes are the binary form of text and bytea alike), 0 for text forms.
  int format() const { return kind_ == Kind::view ? 1 : 0; }

 private:
  enum class Kind { own, view, null };
  std::string own_;
  std::string_view view_;
  Kind kind_;
};
using Params = std::vector<Param>;

/// The rows of an answer; columns by position.
class Rows {
 public:
  explicit Rows(PgResult result) : result_(std::move(result)) {}
  int size() const { return PQntuples(result_.get()); }
  bool is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  std::int64_t integer(int row, int column) const;
  bool boolean(int row, int column) const { return text(row, column) == "t"; }
  std::string_view text(int row, int column) const;
  std::string bytes(int row, int column) const;                   // a bytea column
  std::vector<std::string> texts(int row, int column) const;      // a text[] column
  std::vector<std::int64_t> integers(int row, int column) const;  // a bigint[] column
  std::int64_t affected() const;

 private:
  PgResult result_;
};

class Database {
 public:
  /// Connects; `conninfo` is libpq's. Errors are `unavailable`.
  static Result<Database> connect(const std::string& conninfo);

  Result<Rows> run(const Statement& statement, const Params& params = {});
  /// Several statements without parameters, separated by semicolons: migrations and settings.
  Result<void> execute(const std::string& sql);
  /// Whether the connection is gone: then everything fails until a new one is made.
  bool is_broken() const { return lost_ || !connection_ || PQstatus(connection_.get()) != CONNECTION_OK; }

  /// Sends a batch in pipeline mode as one transaction (BEGIN … COMMIT … Sync) and gives one Rows a
  /// statement. If any fails, none has happened, except that after a lost connection nobody knows:
  /// is_broken() tells.
  struct Command {
    const Statement* statement;
    Params params;
  };
  Result<std::vector<Rows>> transact(const std::vector<Command>& commands);

 private:
  explicit Database(PgConnection connection) : connection_(std::move(connection)) {}
  Result<void> prepare(const Statement& statement);
  Error failure(PGresult* result);
  bool send(const Statement& statement, const Params& params);
  Result<std::vector<Rows>> collect(std::size_t count);

  PgConnection connection_;
  bool lost_ = false;  // libpq itself has failed: its status may say so only later
  std::unordered_set<std::string> prepared_;
};

/// Replaces what a text column cannot hold (NUL, octets that are no UTF-8) by '?'.
std::string clean_text(std::string_view foreign);

}  // namespace stagecoach::storage
