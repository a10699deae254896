"""Two instances side by side, each with configuration, database and ports of its own; then one whose PostgreSQL is
another's: reached by name, by address, by a service name, with sslmode, time-out and options as configured (REF-005
REF-008 REF-139)."""

import glob
import os
import pwd
import subprocess

from harness.waiting import accepts, expect, expect_equal, expect_in, free_ports, wait_until


class Postgresql:
    """A PostgreSQL of its own, on a TCP port, without TLS."""

    def __init__(self, stage):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not programs:
            stage.skip("PostgreSQL is not installed")
        self.folder = stage.path("postgresql", "data")
        os.makedirs(self.folder)
        self.port, = free_ports(1)
        self.as_user = []
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            for folder in (self.folder, os.path.dirname(self.folder)):
                os.chown(folder, owner.pw_uid, owner.pw_gid)
            self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        subprocess.run([*self.as_user, programs[-1] + "/initdb", "-D", self.folder, "-A", "trust", "-U", "stagecoach",
                        "--no-sync"], check=True, capture_output=True, cwd="/")
        program, *words = [*self.as_user, programs[-1] + "/postgres", "-D", self.folder, "-p", str(self.port), "-c",
                           "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
        stage.program(program, *words, cwd="/")
        wait_until(lambda: accepts(self.port) and self.psql("SELECT 1") == "1", "PostgreSQL listens", 20)

    def psql(self, text):
        done = subprocess.run(["psql", "-qtA", "-h", "127.0.0.1", "-p", str(self.port), "-U", "stagecoach", "-d",
                               "postgres", "-c", text], capture_output=True, check=False)
        return done.stdout.decode().strip()


def side_by_side(stage):
    one, two = stage.new_server(users=["fred"]), stage.new_server(users=["fred", "kate"])
    one.start()
    two.start()
    one.deliver("fred@example.com", "For one")
    two.deliver("fred@example.com", "For two")
    expect_equal((one.subjects("fred"), two.subjects("fred")), (["For one"], ["For two"]), "mailboxes")
    expect_equal([len(server.command("user", "list")) for server in (one, two)], [1, 2], "users by command")
    expect(one.postmaster() and two.postmaster() and one.postmaster() != two.postmaster(), "a database each")
    two.restart()
    one.deliver("fred@example.com", "Meanwhile")
    one.expect_subjects("fred", ["For one", "Meanwhile"])
    one.stop()
    two.stop()


def scenario(stage):
    side_by_side(stage)

    database = Postgresql(stage)
    os.environ["PGSERVICEFILE"] = stage.file("services.conf", f"[mail]\nhost=127.0.0.1\nport={database.port}\n"
                                             "dbname=postgres\nuser=stagecoach\n")
    server = stage.new_server(users=["fred"])
    common = f"port={database.port} dbname=postgres user=stagecoach"
    ways = {"name": f"host=localhost {common}",
            "address": f"hostaddr=127.0.0.1 {common} connect_timeout=0 sslmode=disable",
            "service": "service=mail"}
    for way, text in ways.items():
        server.config.sections["storage"] = {"database": text}
        server.start()
        server.deliver("fred@example.com", f"By {way}")
        server.stop()
    server.start()
    server.expect_subjects("fred", [f"By {way}" for way in ways])
    expect_equal(server.postmaster(), 0, "a PostgreSQL of its own")
    expect_equal(database.psql("SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = 'stagecoach' AND "
                               "pid <> pg_backend_pid()"), "t", "its sessions")
    server.stop()

    # This PostgreSQL has no TLS: prefer, the default, did without; require does not.
    server.config.sections["storage"] = {"database": f"host=127.0.0.1 {common} sslmode=require"}
    server.write_config()
    done = server.run("serve")
    expect(done.code == 1, f"sslmode=require: {done.text()}")
    expect_in("SSL", done.text(), "the reason")
    # A wrong option is the database's to refuse: it gets there.
    server.config.sections["storage"] = {"database": f"host=127.0.0.1 {common} options='-c no_such_setting=1'"}
    server.write_config()
    expect_in("no_such_setting", server.run("serve").text(), "options")
