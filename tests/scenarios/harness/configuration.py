"""The TOML of a test server, out of Python values."""


def toml_value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml_value(one)}" for key, one in value.items()) + " }"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def toml_table(head, values):
    return head + "\n" + "".join(f"{key} = {toml_value(value)}\n" for key, value in values.items()) + "\n"


SERVICES = {
    "mx": {"protocol": "smtp"},
    "submission": {"protocol": "submission"},
    "submissions": {"protocol": "submission", "tls": "implicit"},
    "lmtp": {"protocol": "lmtp"},
    "pop3": {"protocol": "pop3"},
    "pop3s": {"protocol": "pop3", "tls": "implicit"},
    "imap": {"protocol": "imap"},
    "imaps": {"protocol": "imap", "tls": "implicit"},
    "web": {"protocol": "http", "tls": "none"},
}


class Configuration:
    """What a scenario gives; `text()` is the file. Change the members and reload to change the server."""

    def __init__(self, ports):
        self.ports = ports  # by the name of the service
        self.sections = {
            "server": {"hostname": "mail.example.com", "data_dir": "data", "shutdown_grace": "2s"},
            "storage": {"shared_buffers": "32MB"},
            "local": {"domains": ["example.com"]},
            "dns": {"dnssec": False, "timeout": "5s"},
        }
        self.services = {name: dict(SERVICES[name]) for name in ports}
        self.users, self.mappings, self.connections = [], [], []
        self.senders, self.collectors, self.schedules = [], [], []
        self.more = ""  # TOML as it is

    def add_user(self, name, **settings):
        self.users.append({"name": name, "password": "{plain}" + password_of(name), **settings})

    def add_mapping(self, address, target, **settings):
        self.mappings.append({"address": address, "target": target, **settings})

    def text(self):
        parts = [toml_table(f"[{name}]", values) for name, values in self.sections.items()]
        for name, settings in self.services.items():
            listen = {"name": name, "listen": [f"127.0.0.1:{self.ports[name]}"]}
            parts.append(toml_table("[[service]]", {**listen, **settings}))
        for kind in ("user", "mapping", "connection", "sender", "collector", "schedule"):
            parts += [toml_table(f"[[{kind}]]", one) for one in getattr(self, kind + "s")]
        return "".join(parts) + self.more


def password_of(name):
    """Of a user whom a scenario declares."""
    return name + "-secret"
