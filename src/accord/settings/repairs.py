"""Reading [repair]: how much may be put right that nobody asked for, before a person is called."""

import re
from decimal import Decimal

from accord.domain.finding import Code
from accord.domain.repair_rules import RepairRules
from accord.settings.tables import Table

MOST = 100_000
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*%")
_WHOLE = Decimal(100)


def read_repairs(root: Table) -> RepairRules:
    """Return the cap on repairs and their wait; the usual ones where the file says nothing."""
    usual = RepairRules()
    if "repair" not in root:
        return usual
    table = root.table("repair")
    at_most = table.number("at_most", 0, MOST)
    rules = RepairRules(
        at_most=usual.at_most if at_most is None else at_most,
        share=_share(table) or usual.share,
        wait=table.length("wait") or usual.wait,
    )
    table.finish()
    return rules


def _share(table: Table) -> Decimal | None:
    text = table.text("share", "2 %")
    if text is None:
        return None
    found = _SHARE.fullmatch(text)
    share = Decimal(found.group(1)) / _WHOLE if found else Decimal(0)
    if 0 < share <= 1:
        return share
    table.notes.add(
        Code.UNREADABLE_SHARE,
        (*table.path, "share"),
        f"{text!r} is no share of the orders.",
        'Write a percentage above zero and up to a hundred, share = "2 %".',
    )
    return None
