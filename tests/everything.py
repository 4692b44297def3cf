"""Run everything that must pass, say what each step is, and end with what failed."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
GIVEN = sys.argv[1:]

# Much of the tests' time is waiting for processes and disks: even one core is better used by two.
FEWEST, MOST = 2, 4


def side_by_side() -> list[str]:
    """Return how pytest is told to use all cores, each file in one process.

    What is asked for by its path runs in one process, where it is told in full as it goes. So do
    the long tests: some of them measure how fast a process is, and need the machine.
    """
    paths = [word for word in GIVEN if (ROOT / word.partition("::")[0]).exists()]
    if paths or "--deep" in GIVEN:
        return []
    many = min(max(os.cpu_count() or 1, FEWEST), MOST)
    return ["-n", str(many), "--dist", "loadfile"]


STEPS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports"],
    "tests": ["pytest", *side_by_side(), *GIVEN],
}
# One seed of the simulation is asked for by whoever looks into it: nothing else is of interest.
ONE_SEED = {"seed": ["pytest", "-q", "tests/simulation", *GIVEN]}


def run(name: str, command: list[str]) -> bool:
    """Run one step; return whether it passed."""
    print(f"── {name}: {' '.join(command)}", flush=True)
    began = time.monotonic()
    program = BIN / command[0]
    passed = subprocess.run([program, *command[1:]], cwd=ROOT, check=False).returncode == 0
    took = time.monotonic() - began
    print(f"── {name}: {'passed' if passed else 'FAILED'} in {took:.0f} s\n", flush=True)
    return passed


def main() -> int:
    """Run every step, also after one that failed, so that one run tells everything."""
    one = any(word.partition("=")[0] == "--seed" for word in GIVEN)
    steps = ONE_SEED if one else STEPS
    failed = [name for name, command in steps.items() if not run(name, command)]
    if failed:
        print(f"Failed: {', '.join(failed)}. Run one alone from {BIN.relative_to(ROOT)}.")
        return 1
    print("Everything passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
