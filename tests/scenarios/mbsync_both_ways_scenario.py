"""mbsync keeps a Maildir and a mailbox equal: new messages, flags, deletions, folders in both directions (IMA-01)."""

import glob
import os

from harness.messages import message
from harness.programs import expect_success, need, run_program
from harness.waiting import expect, expect_equal


def scenario(stage):
    server = stage.server(users=["fred"])
    mail = stage.path("mail") + "/"
    os.makedirs(mail)
    config = stage.file("mbsyncrc", f"""
IMAPAccount server
Host 127.0.0.1
Port {server.port("imap")}
User fred
Pass fred-secret
SSLType None
AuthMechs LOGIN

IMAPStore remote
Account server

MaildirStore local
Path {mail}
Inbox {mail}INBOX
SubFolders Verbatim

Channel all
Far :remote:
Near :local:
Patterns *
Create Both
Expunge Both
Remove Both
SyncState *
""")

    def sync():
        return expect_success(run_program([need("mbsync"), "-c", config, "-V", "all"],
                                          environment={**os.environ, "HOME": stage.folder}))

    def files(folder="INBOX"):
        return glob.glob(f"{mail}{folder}/cur/*") + glob.glob(f"{mail}{folder}/new/*")

    def local(folder="INBOX"):
        """Subjects and the flags of the file names."""
        result = {}
        for path in files(folder):
            with open(path, encoding="utf-8") as file:
                subject = next(line[9:].strip() for line in file if line.startswith("Subject: "))
            result[subject] = path.rpartition(":2,")[2] if ":2," in path else ""
        return result

    def path_of(subject):
        for path in files():
            with open(path, encoding="utf-8") as file:
                if f"Subject: {subject}\n" in file.read().replace("\r", ""):
                    return path
        raise AssertionError(subject)

    def flag_local(subject, flags):
        path = path_of(subject)
        os.rename(path, f"{mail}INBOX/cur/{os.path.basename(path).partition(':')[0]}:2,{flags}")

    for subject in ("One", "Two", "Three", "Four"):
        server.deliver("fred@example.com", subject)
    with server.imap("fred") as imap:
        imap.create("Work/2025")
        imap.append("Work/2025", None, None, message("Filed"))
    sync()
    expect_equal(local(), {"One": "", "Two": "", "Three": "", "Four": ""}, "first synchronisation")
    expect_equal(list(local("Work/2025")), ["Filed"], "the folder")

    # changes here and there
    flag_local("One", "FS")
    os.remove(path_of("Two"))
    with open(f"{mail}INBOX/new/1759744800.1.here", "wb") as file:
        file.write(message("From here").replace(b"\r\n", b"\n"))
    os.makedirs(f"{mail}Here/cur")
    os.makedirs(f"{mail}Here/new")
    os.makedirs(f"{mail}Here/tmp")
    with server.imap("fred") as imap:
        imap.select("INBOX")
        imap.store("3", "+FLAGS", "(\\Answered)")
        imap.store("4", "+FLAGS", "(\\Deleted)")
        imap.expunge()
    server.deliver("fred@example.com", "From there")
    sync()
    expect_equal(local(), {"One": "FS", "Three": "R", "From here": "", "From there": ""}, "local after the changes")
    server.expect_subjects("fred", ["One", "Three", "From here", "From there"])
    with server.imap("fred") as imap:
        imap.select("INBOX", readonly=True)
        expect_equal(imap.search(None, "FLAGGED SEEN SUBJECT One")[1], [b"1"], "flags from here")
        expect(any(b"Here" in line for line in imap.list()[1]), f"the folder from here: {imap.list()}")
    before = local()
    sync()
    expect_equal(local(), before, "a third synchronisation changes nothing")
    server.expect_subjects("fred", ["One", "Three", "From here", "From there"])
