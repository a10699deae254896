"""A database reached by a connection string; a schema that is newer than the program, and a database that is not
there, are refused in plain words (REF-007)."""

import os

from harness.programs import expect_success, need, run_program
from harness.waiting import expect, expect_equal


def scenario(stage):
    first = stage.server(users=["fred"])  # its private PostgreSQL plays the external one
    socket = os.path.join(first.data_folder, "database", "socket")
    conninfo = f"host={socket} user=stagecoach dbname="

    def psql(database, statement):
        expect_success(run_program([need("psql"), "-q", conninfo + database, "-c", statement]))

    psql("postgres", "CREATE DATABASE elsewhere")
    server = stage.new_server(users=["fred"])
    server.config.sections["storage"] = {"database": conninfo + "elsewhere"}
    server.start()
    server.deliver("fred@example.com", "In the other database")
    server.restart()
    server.expect_subjects("fred", ["In the other database"])
    first.expect_subjects("fred", [])
    expect_equal(server.postmaster(), 0, "a PostgreSQL of its own")
    server.stop()

    psql("elsewhere", "INSERT INTO schema_migration (number, name) VALUES (9999, 'from the future')")
    newer = server.run("serve")
    expect(newer.code == 1 and "start the newer program again" in newer.errors, newer.text())
    server.config.sections["storage"] = {"database": conninfo + "nowhere"}
    server.write_config()
    missing = server.run("serve")
    expect(missing.code == 1 and "nowhere" in missing.errors, missing.text())
    first.expect_subjects("fred", [])
