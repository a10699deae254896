"""Programs of Debian packages that cannot be installed beside those that are: fetched once, unpacked, and run in a
view of the file system of their own. The system stays as it is."""

import fcntl
import os
import re
import subprocess
import tempfile

from .programs import need
from .waiting import Skipped

CACHE_VARIABLE = "STAGECOACH_TEST_PACKAGES"  # a folder that keeps the packages between runs
FETCH_SECONDS_MAX = 120


def _cache():
    folder = os.environ.get(CACHE_VARIABLE) or os.path.join(tempfile.gettempdir(), "stagecoach-test-packages")
    os.makedirs(folder, exist_ok=True)
    if os.stat(folder).st_uid != os.getuid():
        raise Skipped(f"{folder}, where unpacked packages are kept, belongs to somebody else")
    os.chmod(folder, 0o755)
    return folder


def _fetch(package, folder):
    with tempfile.TemporaryDirectory(dir=os.path.dirname(folder)) as place:
        try:
            done = subprocess.run([need("apt-get"), "download", package], cwd=place, capture_output=True, text=True,
                                  timeout=FETCH_SECONDS_MAX, check=False, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            raise Skipped(f"the package {package} did not come within {FETCH_SECONDS_MAX} s") from None
        files = [name for name in os.listdir(place) if name.endswith(".deb")]
        if done.returncode != 0 or not files:
            said = (done.stderr or done.stdout).strip().splitlines() or ["apt-get says nothing"]
            raise Skipped(f"the package {package} cannot be fetched: {said[-1]}")
        content = os.path.join(place, "content")
        subprocess.run([need("dpkg-deb"), "-x", os.path.join(place, files[0]), content], check=True)
        os.rename(content, folder)


def unpacked(package, program):
    """The folder that has the content of a package; Skipped when it cannot be had, or `program` in it lacks libraries
    here."""
    folder = os.path.join(_cache(), package)
    with open(folder + ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(folder):
            _fetch(package, folder)
    libraries = subprocess.run([need("ldd"), folder + program], capture_output=True, text=True, check=False)
    missing = re.findall(r"(\S+) => not found", libraries.stdout)
    if libraries.returncode != 0 or missing:
        raise Skipped(f"{package} lacks {' '.join(missing) or program}")
    return folder


class OwnView:
    """A file system with other users and other folders, for the programs that are started with `command()`."""

    def __init__(self, stage, users, folders):
        """`users`: {name: home} are there besides those of the system, each with a group of its name. `folders`:
        {place: folder that is seen there}; the place must exist."""
        if os.getuid() != 0:
            raise Skipped("only root can make a mount namespace")
        self._mounts, self.ids = dict(folders), {}
        for file, form in (("passwd", "{name}:x:{number}:{number}::{home}:/usr/sbin/nologin\n"),
                           ("group", "{name}:x:{number}:\n")):
            with open(f"/etc/{file}", encoding="utf-8") as system:
                text = "".join(line for line in system if line.split(":")[0] not in users)
            if not self.ids:
                taken = {int(number) for number in re.findall(r":(\d+):", text)}
                free = (number for number in range(61184, 65520) if number not in taken)
                self.ids = {name: next(free) for name in users}
            for name, home in users.items():
                text += form.format(name=name, number=self.ids[name], home=home)
            self._mounts[f"/etc/{file}"] = stage.file(f"view/{file}", text)
        tried = subprocess.run(self.command("/bin/true"), capture_output=True, text=True, check=False)
        if tried.returncode != 0:
            raise Skipped(f"a mount namespace cannot be made: {tried.stderr.strip()}")

    def command(self, *arguments):
        """The command that runs `arguments` in this view. Its process becomes the program itself."""
        mounts = [one for place, seen in self._mounts.items() for one in (seen, place)]
        script = ('n=$1; shift; while [ "$n" -gt 0 ]; do mount --bind "$1" "$2" || exit 70; shift 2; n=$((n-1)); done; '
                  'exec "$@"')
        return [need("unshare"), "-m", "--propagation", "private", "sh", "-c", script, "sh",
                str(len(self._mounts)), *mounts, *arguments]
