"""Every invariant is on its reference page, with its own words."""

from pathlib import Path

import pytest

from accord.storage.invariants import Invariant, invariants

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "invariants.md").read_text()


@pytest.mark.parametrize("one", invariants(), ids=lambda one: one.name)
def test_an_invariant_is_in_the_reference(one: Invariant) -> None:
    assert f"| `{one.name}` | {one.meaning} | `{one.lane}` | {one.remedy} |" in PAGE
