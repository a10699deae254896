"""A second server on the same data_dir says who is in the way, ends with 1 and disturbs nothing (REF-004)."""

from harness.programs import run_program
from harness.waiting import expect, expect_equal


def scenario(stage):
    server = stage.server(users=["fred"])
    server.deliver("fred@example.com", "One")
    second = run_program([stage.binary, "serve", "-c", server.config_file], timeout=30)
    expect_equal(second.code, 1, "exit status of the second server")
    expect("another stagecoach serve uses data_dir" in second.errors, second.errors)
    server.deliver("fred@example.com", "Two")
    server.expect_subjects("fred", ["One", "Two"])
