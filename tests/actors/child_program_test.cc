#include "actors/child_program.h"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

namespace stagecoach {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class RunProgramTest : public ::testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }  // as the server does
};

ProgramEnd run(const std::vector<std::string>& words, const std::string& input = {},
               std::chrono::seconds timeout = 20s) {
  RunProgram program;
  program.words = words;
  program.input = input;
  program.timeout = timeout;
  program.environment = {{"STAGECOACH_TEST", "a value"}};
  auto end = run_program(program);
  EXPECT_TRUE(end) << (end ? "" : end.error().text());
  return end ? *end : ProgramEnd{};
}

TEST_F(RunProgramTest, TellsHowAProgramEnds) {
  EXPECT_TRUE(run({"true"}).succeeded());
  const ProgramEnd bad = run({"sh", "-c", "echo no such device >&2; exit 3"});
  EXPECT_EQ(bad.exit_code, 3);
  EXPECT_EQ(bad.text(), "ended with code 3: no such device");
  EXPECT_EQ(run({"sh", "-c", "kill -9 $$"}).exit_code, 128 + 9);
}

TEST_F(RunProgramTest, GivesInputAndEnvironmentAndTakesOutput) {
  EXPECT_EQ(run({"cat"}, "some bytes").output, "some bytes");
  EXPECT_EQ(run({"sh", "-c", "echo \"$STAGECOACH_TEST\""}).output, "a value\n");
  const std::string large(1'000'000, 'x');
  EXPECT_EQ(run({"cat"}, large).output.size(), k_program_output_max);
  EXPECT_TRUE(run({"true"}, large).succeeded()) << "it does not read what it gets";
}

ProgramEnd answer_of(const std::string& script, const std::string& input, std::size_t answer_max,
                     std::chrono::seconds timeout = 20s) {
  RunProgram program;
  program.words = {"sh", "-c", script};
  program.input = input;
  program.timeout = timeout;
  program.answer_max = answer_max;
  auto end = run_program(program);
  EXPECT_TRUE(end);
  return end ? *end : ProgramEnd{};
}

TEST_F(RunProgramTest, AnAnswerIsApartFromErrors) {
  const ProgramEnd end = answer_of("echo answer; echo trouble >&2; exit 3", "", 1000);
  EXPECT_EQ(end.output, "answer\n");
  EXPECT_EQ(end.errors, "trouble\n");
  EXPECT_EQ(end.text(), "ended with code 3: trouble");
  const std::string large(20'000'000, 'x');
  EXPECT_EQ(answer_of("cat", large, large.size()).output, large);
  EXPECT_EQ(answer_of("echo read nothing", large, 100).output, "read nothing\n");
  EXPECT_EQ(answer_of("head -c 300000 /dev/zero >&2; cat", "in", 100).output, "in") << "errors have no end";
}

TEST_F(RunProgramTest, AnAnswerWithoutEndIsStopped) {
  const auto begin = std::chrono::steady_clock::now();
  const ProgramEnd end = answer_of("yes", "", 100'000);
  EXPECT_TRUE(end.overflowed);
  EXPECT_FALSE(end.succeeded());
  EXPECT_EQ(end.output.size(), 100'000u);
  EXPECT_EQ(end.text(), "wrote too much and was stopped");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  EXPECT_TRUE(answer_of("exec >&-; sleep 30", "", 100, 1s).timed_out) << "it closes its output and stays";
}

TEST_F(RunProgramTest, NoShellLooksAtTheWords) {
  EXPECT_EQ(run({"echo", "$HOME; rm *", "a b"}).output, "$HOME; rm * a b\n");
}

TEST_F(RunProgramTest, EndsAProgramAndItsChildrenWhenTheTimeIsOver) {
  const std::string file = ::testing::TempDir() + "/child_program_test.pid";
  const auto begin = std::chrono::steady_clock::now();
  const ProgramEnd end = run({"sh", "-c", "sleep 60 & echo $! > '" + file + "'; echo waiting; wait"}, "", 1s);
  EXPECT_TRUE(end.timed_out);
  EXPECT_FALSE(end.succeeded());
  EXPECT_THAT(end.text(), HasSubstr("did not end in time and was stopped: waiting"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s);
  std::ifstream pid(file);
  int child = 0;
  ASSERT_TRUE(pid >> child);
  for (int i = 0; i < 100 && std::ifstream("/proc/" + std::to_string(child) + "/cmdline").get() > 0; ++i)
    ::usleep(20'000);  // init takes it away
  EXPECT_LE(std::ifstream("/proc/" + std::to_string(child) + "/cmdline").get(), 0);
}

TEST_F(RunProgramTest, SaysWhatCannotBeStarted) {
  RunProgram program;
  EXPECT_FALSE(run_program(program));
  program.words = {"/nowhere/at/all"};
  const auto end = run_program(program);
  ASSERT_FALSE(end);
  EXPECT_THAT(end.error().text(), HasSubstr("/nowhere/at/all"));
}

}  // namespace
}  // namespace stagecoach
