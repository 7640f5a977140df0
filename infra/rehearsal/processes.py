"""The two programs beside the script: the emulator, and the simulated WhatsApp."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from certificate import make_certificate
from console import Failed

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "us-east-1"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Program:
    """A child process with its log, that ends when we end."""

    def __init__(self, name, command, environment, folder):
        self.name = name
        self.log = folder / f"{name}.log"
        with open(self.log, "wb") as log:
            # A session of its own: its children end with it.
            self.process = subprocess.Popen(
                command, env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def await_answer(self, url, patience=60):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failed(f"{self.name} ended with code {self.process.returncode}", self.tail())
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise Failed(f"{self.name} does not answer at {url} after {patience} s", self.tail())

    def tail(self, lines=8):
        text = self.log.read_text(errors="replace").splitlines()[-lines:]
        return f"the end of {self.log}:\n        " + "\n        ".join(text)

    def stop(self):
        for order in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, order)
            except ProcessLookupError:
                return
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                continue


def clean_environment(**more):
    """Nothing that would lead an AWS client astray: no profiles, endpoints, proxies, no somebody's real account."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {name: str(value) for name, value in more.items()}


class Emulator:
    """ministack on loopback, over HTTP and over HTTPS."""

    def __init__(self, folder, enforce, functions_log="info"):
        self.folder = folder
        self.plain_port, self.tls_port = free_port(), free_port()
        self.endpoint = f"http://127.0.0.1:{self.plain_port}"
        self.secure_endpoint = f"https://127.0.0.1:{self.tls_port}"
        self.authority, certificate, key = make_certificate(folder)
        # The root of the emulated account.
        self.access_key, self.secret_key = "rehearsal", "rehearsal-root"
        environment = clean_environment(
            AUTH="true" if enforce else "false",
            AWS_ACCESS_KEY_ID=self.access_key,
            AWS_SECRET_ACCESS_KEY=self.secret_key,
            # Functions inherit these two: the one way to lead them here that leaves the template alone.
            AWS_ENDPOINT_URL=self.secure_endpoint,
            SSL_CERT_FILE=self.authority,
            GATEWAY_PORT=self.plain_port,
            LAMBDA_EXECUTOR="local",
            MINISTACK_REGION=REGION,
            MINISTACK_HOST="127.0.0.1",
            LOG_LEVEL="INFO",
            # Services that would open ports of their own.
            SFTP_ENABLED="0",
            IOT_MTLS_ENABLED="0",
            TMPDIR=folder,
        )
        command = [
            sys.executable, "-m", "hypercorn", "ministack.app:app", "--keep-alive", "75",
            "--bind", f"127.0.0.1:{self.tls_port}", "--insecure-bind", f"127.0.0.1:{self.plain_port}",
            "--certfile", str(certificate), "--keyfile", str(key),
        ]
        self.program = Program("ministack", command, environment, folder)
        self.program.await_answer(f"{self.endpoint}/_ministack/health")

    def stop(self):
        self.program.stop()

    def function_processes(self, name):
        """The process ids of a function's environments, newest last, as the system lists them."""
        wanted = f"AWS_LAMBDA_FUNCTION_NAME={name}".encode()
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                ours = os.getpgid(int(folder.name)) == self.program.process.pid
                if ours and wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue
        return sorted(found)

    def function_environment(self, name):
        """The environment that a running function sees."""
        found = self.function_processes(name)
        if not found:
            raise Failed(f"the function {name} does not run")
        pairs = pathlib.Path(f"/proc/{found[-1]}/environ").read_bytes().decode().split("\0")
        return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


class Whatsapp:
    """The program `local`, of which only the simulated Graph API and its people are used."""

    def __init__(self, folder, secrets):
        public, admin = free_port(), free_port()
        self.control = f"http://127.0.0.1:{admin}/sim"
        self.graph = f"http://127.0.0.1:{admin}/graph"
        command = [str(local_program()), "--empty", "--listen", f"127.0.0.1:{public}", "--admin-listen", f"127.0.0.1:{admin}"]
        self.program = Program("local", command, clean_environment(**secrets), folder)
        self.program.await_answer(f"http://127.0.0.1:{admin}/health")

    def stop(self):
        self.program.stop()

    def call(self, path, body=None):
        """Asks the simulator; posts if there is a body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control + path, data=data, headers={"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Failed(f"the simulator answers {error.code} to {path}: {error.read()[:300]!r}") from error


def local_program():
    """The program `local`, the newest that was built; built now if there is none."""
    built = [path for path in (ROOT / "target/release/local", ROOT / "target/debug/local") if path.is_file()]
    if not built:
        if not shutil.which("cargo"):
            raise Failed("cargo is missing: install Rust (https://rustup.rs)")
        # The same selection as everywhere, so that nothing is compiled a second time.
        subprocess.run(["cargo", "build", "--workspace", "--bins", "--locked"], cwd=ROOT, check=True)
        return ROOT / "target/debug/local"
    return max(built, key=lambda path: path.stat().st_mtime)
