"""The checklist of the first week says of each thing that it is so, or where not and what to do."""

import pytest
from msgspec.structs import replace

from accord.domain.checklist import Begun, ItemName, SystemBegun, checklist

SHOP = SystemBegun(system="shop", by_hook=True, by_feed=True, certified=True)
BOOKS = SystemBegun(
    system="books",
    by_hook=False,
    by_feed=True,
    certified=False,
    sends_hooks=False,
    can_be_listed=False,
)
DONE = Begun(
    systems=[BOOKS, SHOP],
    unknown_words=[],
    dead_letters=0,
    systemic=[],
    channels=["ops"],
    taken={"ops"},
    reviewed=True,
    unsound=[],
)


def test_what_a_system_cannot_do_is_not_asked_of_it():
    assert [item.name for item in checklist(DONE)] == [*ItemName]
    assert all(item.is_done for item in checklist(DONE))


@pytest.mark.parametrize(
    ("name", "begun", "open_"),
    [
        (ItemName.HOOKS, replace(SHOP, by_hook=False), "shop was not heard by a hook"),
        (ItemName.FEEDS, replace(SHOP, by_feed=False), "shop was not heard by its feed"),
        (ItemName.CENSUS, replace(SHOP, certified=False), "shop has no certificate yet"),
        (ItemName.WORDS, {"unknown_words": ["shop says 'x'"]}, "shop says 'x'"),
        (ItemName.LETTERS, {"dead_letters": 3}, "given up: 3"),
        (ItemName.DRIFT, {"systemic": ["9 orders at shop"]}, "9 orders at shop"),
        (ItemName.CHANNEL, {"taken": set()}, "the channel ops took no message yet"),
        (ItemName.CHANNEL, {"channels": []}, "the accord names no channel"),
        (ItemName.REVIEW, {"reviewed": False}, "nobody did yet"),
        (ItemName.DATABASE, {"unsound": ["fsync is off"]}, "fsync is off"),
    ],
)
def test_what_is_not_so_is_open_by_itself_and_has_a_remedy(name, begun, open_):
    changed = {"systems": [BOOKS, begun]} if isinstance(begun, SystemBegun) else begun
    (found,) = [item for item in checklist(replace(DONE, **changed)) if not item.is_done]

    assert (found.name, found.open) == (name, (open_,))
    assert found.remedy


def test_the_database_is_left_out_where_nobody_looked():
    names = [item.name for item in checklist(replace(DONE, unsound=None))]

    assert names == [name for name in ItemName if name is not ItemName.DATABASE]
