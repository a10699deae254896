#include "storage/pg.h"

#include <array>
#include <cstdlib>
#include <cstring>

namespace stagecoach::storage {

namespace {

std::string array_literal(const std::vector<std::string>& values) {
  std::string literal = "{";
  for (const std::string& value : values) {
    if (literal.size() > 1) literal += ',';
    literal += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '"';
  }
  return literal + "}";
}

/// Splits PostgreSQL's text form of a one-dimensional array.
std::vector<std::string> array_elements(std::string_view literal) {
  std::vector<std::string> elements;
  if (literal.size() < 2) return elements;
  literal = literal.substr(1, literal.size() - 2);
  for (std::size_t i = 0; i < literal.size();) {
    std::string element;
    const bool quoted = literal[i] == '"';
    if (quoted) ++i;
    for (; i < literal.size() && literal[i] != (quoted ? '"' : ','); ++i) {
      if (literal[i] == '\\') ++i;
      if (i < literal.size()) element += literal[i];
    }
    i += quoted ? 2 : 1;
    elements.push_back(std::move(element));
  }
  return elements;
}

bool is_continuation(std::string_view s, std::size_t i) {
  return i < s.size() && (static_cast<unsigned char>(s[i]) & 0xC0) == 0x80;
}

/// Length of the valid UTF-8 sequence at `i`, or 0.
std::size_t sequence_length(std::string_view s, std::size_t i) {
  const auto lead = static_cast<unsigned char>(s[i]);
  if (lead == 0) return 0;
  if (lead < 0x80) return 1;
  const auto second = i + 1 < s.size() ? static_cast<unsigned char>(s[i + 1]) : 0;
  if (lead >= 0xC2 && lead <= 0xDF && is_continuation(s, i + 1)) return 2;
  if (lead >= 0xE0 && lead <= 0xEF && is_continuation(s, i + 1) && is_continuation(s, i + 2)) {
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4 && is_continuation(s, i + 1) && is_continuation(s, i + 2) &&
      is_continuation(s, i + 3)) {
    if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

constexpr Statement k_begin{"begin", "BEGIN"};
constexpr Statement k_commit{"commit", "COMMIT"};

}  // namespace

Param::Param(const std::vector<std::int64_t>& values) : kind_(Kind::own) {
  own_ = "{";
  for (const std::int64_t value : values) {
    if (own_.size() > 1) own_ += ',';
    own_ += std::to_string(value);
  }
  own_ += '}';
}

Param::Param(const std::vector<std::string>& values) : own_(array_literal(values)), kind_(Kind::own) {}

const char* Param::data() const {
  if (kind_ == Kind::null) return nullptr;
  if (kind_ == Kind::own) return own_.c_str();
  return view_.data() ? view_.data() : "";
}

int Param::size() const { return static_cast<int>(kind_ == Kind::own ? own_.size() : view_.size()); }

std::int64_t Rows::integer(int row, int column) const {
  if (PQfformat(result_.get(), column) == 1) {
    std::int64_t value = 0;
    for (const char byte : text(row, column)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
  return std::strtoll(PQgetvalue(result_.get(), row, column), nullptr, 10);
}

std::string_view Rows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::string Rows::bytes(int row, int column) const {
  const std::string_view hex = text(row, column);
  if (PQfformat(result_.get(), column) == 1) return std::string(hex);
  if (hex.size() < 2) return {};
  static const auto k_nibbles = [] {
    std::array<unsigned char, 256> table{};
    for (int i = 0; i < 10; ++i) table['0' + i] = static_cast<unsigned char>(i);
    for (int i = 0; i < 6; ++i) table['a' + i] = table['A' + i] = static_cast<unsigned char>(10 + i);
    return table;
  }();
  std::string bytes(hex.size() / 2 - 1, '\0');
  const auto* digit = reinterpret_cast<const unsigned char*>(hex.data()) + 2;
  for (char& byte : bytes) {
    byte = static_cast<char>(k_nibbles[digit[0]] << 4 | k_nibbles[digit[1]]);
    digit += 2;
  }
  return bytes;
}

std::vector<std::string> Rows::texts(int row, int column) const { return array_elements(text(row, column)); }

std::vector<std::int64_t> Rows::integers(int row, int column) const {
  std::vector<std::int64_t> values;
  for (const std::string& element : array_elements(text(row, column)))
    values.push_back(std::strtoll(element.c_str(), nullptr, 10));
  return values;
}

std::int64_t Rows::affected() const { return std::strtoll(PQcmdTuples(result_.get()), nullptr, 10); }

Result<Database> Database::connect(const std::string& conninfo) {
  PgConnection connection(PQconnectdb(conninfo.c_str()));
  if (!connection) return internal_error("no memory for a database connection");
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    std::string reason = PQerrorMessage(connection.get());
    while (!reason.empty() && reason.back() == '\n') reason.pop_back();
    return unavailable("cannot connect to the database: " + reason);
  }
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  Database database(std::move(connection));
  if (auto set = database.execute("SET bytea_output = 'hex'; SET timezone = 'UTC'; SET jit = off"); !set)
    return std::move(set.error());
  return database;
}

Error Database::failure(PGresult* result) {
  std::string reason = result ? PQresultErrorMessage(result) : PQerrorMessage(connection_.get());
  for (char& c : reason)
    if (c == '\n') c = ' ';
  while (!reason.empty() && reason.back() == ' ') reason.pop_back();
  const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const std::string_view sqlstate = state ? state : "";
  // The server gives every error of its own a code; one without comes from libpq, mostly for a lost
  // connection.
  lost_ = lost_ || sqlstate.empty();
  if (is_broken()) return unavailable("the connection to the database is lost: " + reason);
  // Class 53 is "insufficient resources" (disk full), 57 "operator intervention", 40 "transaction rollback".
  if (sqlstate.substr(0, 2) == "53" || sqlstate.substr(0, 2) == "57" || sqlstate.substr(0, 2) == "40")
    return unavailable(std::move(reason));
  if (sqlstate == "23505") return conflict(std::move(reason));
  return internal_error(std::move(reason));
}

Result<void> Database::execute(const std::string& sql) {
  const PgResult result(PQexec(connection_.get(), sql.c_str()));
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return {};
  return failure(result.get());
}

Result<void> Database::prepare(const Statement& statement) {
  if (prepared_.contains(statement.name)) return {};
  const PgResult result(PQprepare(connection_.get(), statement.name, statement.sql, 0, nullptr));
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
    return failure(result.get()).while_doing(std::string("preparing ") + statement.name);
  prepared_.insert(statement.name);
  return {};
}

namespace {
struct WireParams {
  explicit WireParams(const Params& params) {
    values.reserve(params.size());
    for (const Param& param : params) {
      values.push_back(param.data());
      sizes.push_back(param.size());
      formats.push_back(param.format());
    }
  }
  int count() const { return static_cast<int>(values.size()); }
  std::vector<const char*> values;
  std::vector<int> sizes, formats;
};
}  // namespace

Result<Rows> Database::run(const Statement& statement, const Params& params) {
  if (auto prepared = prepare(statement); !prepared) return std::move(prepared.error());
  const WireParams wire(params);
  PgResult result(PQexecPrepared(connection_.get(), statement.name, wire.count(), wire.values.data(),
                                 wire.sizes.data(), wire.formats.data(), statement.binary ? 1 : 0));
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    return failure(result.get()).while_doing(std::string("running ") + statement.name);
  return Rows(std::move(result));
}

bool Database::send(const Statement& statement, const Params& params) {
  const WireParams wire(params);
  return PQsendQueryPrepared(connection_.get(), statement.name, wire.count(), wire.values.data(),
                             wire.sizes.data(), wire.formats.data(), statement.binary ? 1 : 0) == 1;
}

Result<std::vector<Rows>> Database::collect(std::size_t count) {
  std::vector<Rows> answers;
  std::vector<PgResult> received;
  Result<void> outcome;
  for (std::size_t i = 0; i < count; ++i) {
    PgResult result(PQgetResult(connection_.get()));
    const auto status = PQresultStatus(result.get());
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!good && outcome && status != PGRES_PIPELINE_ABORTED) outcome = failure(result.get());
    if (!result) break;  // the connection is lost
    received.push_back(std::move(result));
    while (PgResult end{PQgetResult(connection_.get())}) {
    }
  }
  if (!is_broken()) {
    const PgResult sync(PQgetResult(connection_.get()));
    while (!is_broken() && PQexitPipelineMode(connection_.get()) != 1) {
      const PgResult rest(PQgetResult(connection_.get()));
    }
  }
  if (outcome && is_broken()) outcome = failure(nullptr);
  if (!outcome) return std::move(outcome.error());
  for (std::size_t i = 1; i + 1 < received.size(); ++i) answers.emplace_back(std::move(received[i]));
  return answers;
}

Result<std::vector<Rows>> Database::transact(const std::vector<Command>& commands) {
  for (const Statement* statement : {&k_begin, &k_commit})
    if (auto prepared = prepare(*statement); !prepared) return std::move(prepared.error());
  for (const Command& command : commands)
    if (auto prepared = prepare(*command.statement); !prepared) return std::move(prepared.error());
  if (PQenterPipelineMode(connection_.get()) != 1) return failure(nullptr);
  bool sent = send(k_begin, {});
  for (const Command& command : commands) sent = sent && send(*command.statement, command.params);
  sent = sent && send(k_commit, {}) && PQpipelineSync(connection_.get()) == 1;
  if (!sent && is_broken()) return failure(nullptr);
  auto answers = collect(commands.size() + 2);
  if (!answers && !is_broken()) {
    // A failed BEGIN block is left by ROLLBACK; in a pipeline the failed COMMIT was skipped.
    if (PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) (void)execute("ROLLBACK");
  }
  return answers;
}

std::string clean_text(std::string_view foreign) {
  std::string text;
  text.reserve(foreign.size());
  for (std::size_t i = 0; i < foreign.size();) {
    const std::size_t length = sequence_length(foreign, i);
    if (length == 0) {
      text += '?';
      ++i;
    } else {
      text.append(foreign, i, length);
      i += length;
    }
  }
  return text;
}

}  // namespace stagecoach::storage
