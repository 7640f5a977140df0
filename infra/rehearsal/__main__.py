"""The rehearsal. See README.md; started by `infra/rehearse`."""

import argparse
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys

import failures
import main_loop
import rights
import upkeep
from console import Console, Stopped
from processes import ROOT, Emulator
from rehearsal import deploy


def main():
    arguments = read_arguments()
    folder = ROOT / "target/rehearsal" / arguments.mode
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # An end from outside is an end like any other: what was started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if arguments.mode == "fidelity":
            return run_fidelity(folder, arguments.rest)
        if arguments.mode == "serve":
            return serve(folder)
        return rehearse(folder, arguments)
    except KeyboardInterrupt:
        return 130


def read_arguments():
    parser = argparse.ArgumentParser(prog="infra/rehearse", description="Deploys into an AWS emulator and proves it.")
    parser.add_argument("mode", nargs="?", default="all", choices=["all", "fidelity", "serve"],
                        help="all: deploy and prove; fidelity: only the fidelity tests; serve: only the emulator")
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / "target/lambda", metavar="DIR",
                        help="<name>/bootstrap for each function, as `cargo lambda build` leaves them")
    parser.add_argument("--infra", type=pathlib.Path, default=ROOT / "infra", metavar="DIR", help="the templates")
    parser.add_argument("--keep", action="store_true", help="leave the stack running at the end, until Ctrl-C")
    arguments, arguments.rest = parser.parse_known_args()
    if arguments.rest and arguments.mode != "fidelity":
        parser.error(f"unknown: {' '.join(arguments.rest)}")
    return arguments


def rehearse(folder, arguments):
    console = Console()
    with contextlib.ExitStack() as ending:
        try:
            world = deploy(console, folder, arguments, ending)
            for scenes in (main_loop, failures, rights, upkeep):
                scenes.rehearse(world)
            world.tell_deviations()
        except Stopped:
            console.note("the rest was not tried")
        if console.failures:
            console.note(f"logs: {folder}")
        code = console.summary()
        if arguments.keep:
            world.tell_where()
            wait()
    return code


def serve(folder):
    with contextlib.closing(Stopping(Emulator(folder, enforce=False))) as emulator:
        print(emulator.world.endpoint, flush=True)
        wait()
    return 0


def run_fidelity(folder, rest):
    """The project's own checks on the Rust SDK, against the emulator."""
    with contextlib.closing(Stopping(Emulator(folder, enforce=False))) as emulator:
        environment = os.environ | {"VENTANA_FIDELITY_ENDPOINT": emulator.world.endpoint}
        command = ["cargo", "nextest", "run", "--workspace", "--locked", "--no-fail-fast", "-E",
                   "binary(/^fidelity/)", *rest]
        return subprocess.run(command, cwd=ROOT, env=environment).returncode


class Stopping:
    """Closes by stopping."""

    def __init__(self, world):
        self.world = world

    def close(self):
        self.world.stop()


def wait():
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


if __name__ == "__main__":
    sys.exit(main())
