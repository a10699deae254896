"""A full disk: senders get a 4xx, what was accepted is there, and with room again the server goes on by itself.
(WIK-049)"""

import os

from harness.deliveries import Deliveries
from harness.messages import message
from harness.programs import run_program
from harness.waiting import Skipped, expect, expect_equal, wait_until


class SmallDisk:
    def __init__(self, folder, size):
        self.folder = folder
        os.makedirs(folder)
        if os.getuid() != 0 or run_program(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs",
                                            folder]).code != 0:
            raise Skipped("a small disk can only be mounted by root")

    def clean_up(self):
        run_program(["umount", "-l", self.folder])


def fill(path):
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(file, b"\0" * 65536):
            pass
    except OSError:
        pass
    finally:
        os.close(file)


def scenario(stage):
    stage.keep_until_the_end(SmallDisk(stage.path("server", "data"), "280m"))
    server = stage.new_server(users=["fred", "kate"])
    server.config.sections["limits"] = {"disk_free_min": "16MB"}
    server.start()
    users = ["fred", "kate"]
    server.deliver("fred@example.com", "number-0")
    filler = os.path.join(server.data_folder, "filler")
    deliveries = Deliveries(server, 4, [user + "@example.com" for user in users], body_bytes=100_000)
    deliveries.accepted.append(0)
    try:
        fill(filler)
        wait_until(lambda: len(deliveries.refused) > 3 or len(deliveries.unsure) > 3, "senders are refused", 30)
        expect(server.program.running(), "the server lives")
        os.remove(filler)
        count = len(deliveries.accepted)
        deliveries.wait_for(count + 20, 60)
    finally:
        if os.path.exists(filler):
            os.remove(filler)
        deliveries.stop()
    deliveries.expect_exactly_once(users)
    with server.smtp() as smtp:
        expect_equal(smtp.sendmail("ann@remote.example", "fred@example.com", message("After")), {}, "refused")
