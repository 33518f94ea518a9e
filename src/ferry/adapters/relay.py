"""What a command in bubblewrap is started with when it may reach named hosts: a way to the proxy that tools understand.

Tools speak to proxies over TCP; inside there is a loopback interface and a unix socket. Standard library alone.
"""

from __future__ import annotations

from collections.abc import Sequence

INSIDE = "/run/ferry"
VARIABLES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "npm_config_proxy", "npm_config_https_proxy")

_RELAY = """
import os, select, socket, sys, threading
path, variables, command = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
door = socket.create_server(("127.0.0.1", 0))
port = door.getsockname()[1]
if os.fork():
    door.close()
    for name in variables:
        os.environ[name] = f"http://127.0.0.1:{port}"
    os.environ["JAVA_TOOL_OPTIONS"] = " ".join(
        f"-D{scheme}.proxyHost=127.0.0.1 -D{scheme}.proxyPort={port}" for scheme in ("http", "https")
    )
    if os.path.exists(trusted := "/etc/ssl/certs/ca-certificates.crt"):
        for name in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CARGO_HTTP_CAINFO"):
            os.environ[name] = trusted  # whom this machine trusts, which may be more than a tool's own list
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(print(f"{command[0]}: {error.strerror}", file=sys.stderr) or 127)

def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass

os.setsid()
quiet = os.open(os.devnull, os.O_RDWR)
for number in (0, 1, 2):
    os.dup2(quiet, number)
while True:
    here, _ = door.accept()
    there = socket.socket(socket.AF_UNIX)
    try:
        there.connect(path)
    except OSError:
        here.close()
        continue
    threading.Thread(target=pump, args=(here, there), daemon=True).start()
    threading.Thread(target=pump, args=(there, here), daemon=True).start()
"""


def relayed(command: Sequence[str], python: str) -> list[str]:
    """`command` with a proxy in its environment that leads to the socket in `INSIDE`."""
    return [python, "-I", "-S", "-c", _RELAY, f"{INSIDE}/socket", ",".join(VARIABLES), *command]
