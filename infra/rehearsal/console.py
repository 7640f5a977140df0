"""What the rehearsal says: one line for each step, with its time, and hints when one fails."""

import contextlib
import sys
import time


class Failed(Exception):
    """A step did not go as it should. The text says what was seen; `hints` say where to look."""

    def __init__(self, seen, *hints):
        super().__init__(seen)
        self.hints = hints


class Console:
    """Prints steps as they end, and counts them."""

    def __init__(self):
        self.passed = 0
        self.failures = []
        # What else there is to say of a failure, from what happened since a time in seconds of the epoch.
        self.hints = lambda since: []
        self.begun = time.monotonic()

    def heading(self, text):
        print(f"\n== {text}", flush=True)

    def note(self, text):
        print(f"      {text}", flush=True)

    @contextlib.contextmanager
    def step(self, name, vital=False):
        """Runs a step. A step that fails is remembered, and the next goes on, unless it is vital."""
        begun, since = time.monotonic(), time.time()
        detail = []
        try:
            yield detail.append
        except Exception as error:
            took = time.monotonic() - begun
            print(f"FAIL  {name}  {took:.1f} s", flush=True)
            # A failure that nobody foresaw says of what kind it is.
            seen = str(error) if isinstance(error, Failed) else f"{type(error).__name__}: {error}"
            self.note(seen)
            for hint in [*getattr(error, "hints", ()), *self.more_hints(since)]:
                self.note(f"hint: {hint}")
            self.failures.append(name)
            if vital:
                raise Stopped() from error
            return
        took = time.monotonic() - begun
        self.passed += 1
        more = f"  {'; '.join(detail)}" if detail else ""
        print(f"ok    {name}  {took:.1f} s{more}", flush=True)

    def more_hints(self, since):
        try:
            return self.hints(since)
        except Exception:  # A hint that cannot be had must not hide the failure.
            return []

    def summary(self):
        """Says how it went and gives the exit code."""
        took = time.monotonic() - self.begun
        if self.failures:
            print(f"\n{len(self.failures)} of {self.passed + len(self.failures)} steps failed, in {took:.0f} s:")
            for name in self.failures:
                print(f"  {name}")
            return 1
        print(f"\nall {self.passed} steps went as on AWS, in {took:.0f} s")
        return 0


class Stopped(Exception):
    """A vital step failed: what comes after it would only fail as well."""


def eventually(look, patience=20.0, every=0.2):
    """Looks until `look` gives something true, and gives that. Fails with what `look` said last."""
    end = time.monotonic() + patience
    seen = None
    while time.monotonic() < end:
        try:
            seen = look()
            if seen:
                return seen
        except Failed as failed:
            seen = failed
        time.sleep(every)
    raise Failed(f"not within {patience:.0f} s; last seen: {seen}")


def require(condition, seen, *hints):
    """Fails with what was seen unless the condition holds."""
    if not condition:
        raise Failed(str(seen), *hints)


if sys.version_info < (3, 10):
    sys.exit("the rehearsal needs Python 3.10 or newer")
