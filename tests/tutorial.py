"""The tutorial of the documentation, followed in an empty directory as it is printed."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

from tests.test_docs import BLOCK, page

#: What the environment of the tests stands in for.
INSTALLATION = ("python -m venv ", ". .venv/", "pip install ", "stripe listen ")
#: What goes on until somebody ends it.
SERVERS = ("runserver", "stripe_integrations.testing")
#: Where the servers listen; tests that run at once take other ports.
PORTS = ("12111", "8000")
AT_ITS_END = ", at its end"


def steps():
    """Yield what a reader does: a file's name with its text, or None with a command."""
    for found in BLOCK.finditer(page("tutorial")):
        code = textwrap.dedent(found["code"]).strip() + "\n"
        if found["language"] == "console":
            for command in re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]:
                yield None, command.replace("\\\n", " ").strip()
        else:
            yield re.search(r":caption: (.+)", found["options"])[1], code


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def wait_for(port, server):
    """Wait until a server listens."""
    deadline = time.monotonic() + 60
    while True:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", int(port))) == 0:
                return
        assert server.poll() is None, "the server has ended"
        assert time.monotonic() < deadline, "the server does not listen"
        time.sleep(0.05)


@contextmanager
def followed(folder):
    """Do all steps in an empty folder; give the address of the project, then end its servers."""
    ports = {printed: free_port() for printed in PORTS}
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "PY"))
    }
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    servers = []
    try:
        for name, text in steps():
            for printed, port in ports.items():
                text = re.sub(rf"\b{printed}\b", port, text)
            if name is None:
                _run(text, folder, environment, ports, servers)
            elif name.endswith(AT_ITS_END):
                with (folder / name.removesuffix(AT_ITS_END)).open("a") as file:
                    file.write(text)
            else:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text)
        assert len(servers) == len(SERVERS)
        yield f"http://127.0.0.1:{ports['8000']}"
    finally:
        for server in servers:
            os.killpg(server.pid, signal.SIGKILL)  # `runserver` is two processes
            server.wait()


def _run(command, folder, environment, ports, servers):
    """Run a command as a shell would; leave a server running once it listens."""
    if command.startswith(INSTALLATION):
        return
    if command.startswith("export "):
        name, _, value = command.removeprefix("export ").partition("=")
        environment[name] = value
        return
    words = shlex.split(command)
    if any(server in words for server in SERVERS):
        with (folder / f"server_{len(servers)}.log").open("wb") as log:
            server = subprocess.Popen(
                words, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        servers.append(server)
        wait_for(ports["8000" if "runserver" in words else "12111"], server)
        return
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
