"""Run everything that must pass, say what each step is, and end with what failed."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

STEPS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports"],
    "tests": ["pytest", *sys.argv[1:]],
}
# One seed of the simulation is asked for by whoever looks into it: nothing else is of interest.
ONE_SEED = {"seed": ["pytest", "-q", "tests/simulation", *sys.argv[1:]]}


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
    steps = ONE_SEED if "--seed" in sys.argv else STEPS
    failed = [name for name, command in steps.items() if not run(name, command)]
    if failed:
        print(f"Failed: {', '.join(failed)}. Run one alone from {BIN.relative_to(ROOT)}.")
        return 1
    print("Everything passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
