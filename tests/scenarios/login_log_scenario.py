"""Log-ins that succeed are logged when that is wanted, failed ones always; runs of connections leave a summary, and all
their status messages where they are asked for; the dialogue with other servers too (LOC-18 LOC-19 REF-154)."""

from harness.messages import message
from harness.waiting import expect, expect_in


def scenario(stage):
    mailbox = stage.pop3_mailbox(messages=[message("Collected")])
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.collectors.append({"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                                     "username": "box", "password": "box-secret", "method": "single_user",
                                     "target_user": "fred"})
    server.start()

    def log_ins():
        """The lines about log-ins by three protocols, one wrong."""
        before = len(server.log())
        server.expect_subjects("fred", [])
        with server.pop3("fred"):
            pass
        server.smtp("submission", "fred").quit()
        server.expect_no_login("fred", "wrong-password")
        return [line for line in server.log()[before:].splitlines() if " login:" in line]

    lines = log_ins()
    good = [line for line in lines if " info " in line]
    for protocol in ("imap", "pop3", "submission"):
        expect(any("user=fred" in line and f"protocol={protocol}" in line for line in good), f"{protocol}: {lines}")
    expect(any(" warning " in line and "fred" in line for line in lines), f"the failed one: {lines}")

    server.config.sections["log"] = {"log_successful_logins": False}
    server.reload()
    lines = log_ins()
    expect(lines and all(" warning " in line for line in lines), f"only the failed one: {lines}")

    before = len(server.log())
    server.command("connection", "run", "main")
    said = server.log()[before:]
    for part in ("main: run begins", "collector isp: ", "fetched 1", "main: run ended"):
        expect_in(part, said, "the summary of a run")
    expect("RETR 1" not in said, "the dialogue is not logged unasked")

    # What a terminal shows meanwhile is logged when that is wanted, whoever has started the run.
    def said_by_a_run():
        mailbox.messages.append(message("One more"))
        before = len(server.log())
        shown = server.run("connection", "run", "main").errors
        steps = [line for line in shown.splitlines() if line.startswith("isp: ")]
        expect(steps, f"what is shown meanwhile: {shown}")
        log = [line for line in server.log()[before:].splitlines() if " connection: " in line]
        return steps, "\n".join(log)

    shown, log = said_by_a_run()
    expect(not any(f"main: {line}" in log for line in shown), f"status messages unasked: {log}")
    server.config.sections["log"]["log_status"] = True
    server.reload()
    shown, log = said_by_a_run()
    for line in shown:
        expect_in(f" info connection: main: {line}", log, "a status message")
