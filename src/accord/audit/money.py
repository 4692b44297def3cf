"""Amounts of money as exports write them, exact to the last digit."""

import re
from collections.abc import Iterable
from decimal import Decimal

# Longer than any amount; what has more digits is a number of something else.
_LONGEST = 24
_NUMBER = re.compile(r"[+-]?\d[\d.,' \u00a0\u202f]*")
_CODE = re.compile(r"[A-Z]{3}(?![A-Za-z])|[€£¥$]")
_COMMA_DECIMALS = re.compile(r"\d,\d{1,2}$")
_DOT_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3}){2,}$")


def comma_is_decimal(values: Iterable[str]) -> bool:
    """Return whether a column writes 12,50 for twelve and a half.

    One value alone cannot tell: 1.234 is a thousand in one column and little more than one in
    the next, so the whole column is asked.
    """
    told = [found.group().strip() for value in values if (found := _NUMBER.search(value))]
    return any(_COMMA_DECIMALS.search(one) or _DOT_THOUSANDS.match(one) for one in told)


def decimal(text: str, *, comma: bool) -> Decimal | None:
    """Return the amount in ``text``, or None where there is none.

    ``comma`` says that a comma separates the decimals. Parentheses mean less than nothing, as
    books write it.
    """
    bare = _CODE.sub("", text)
    found = _NUMBER.search(bare)
    if found is None or len(found.group()) > _LONGEST:
        return None
    mark, other = (",", ".") if comma else (".", ",")
    plain = re.sub(r"['\s\u00a0\u202f]", "", found.group()).replace(other, "").rstrip(mark)
    if plain.count(mark) > 1:
        return None
    amount = Decimal(plain.replace(mark, "."))
    before = bare[: found.start()].rstrip()
    return -amount if before.endswith(("(", "-")) else amount


def currency_in(text: str) -> str:
    """Return the currency that stands with an amount, by its code or sign; empty without one."""
    found = _CODE.search(text)
    return found.group() if found else ""


def written(amount: Decimal, currency: str) -> str:
    """Return an amount as people read it: thousands parted, no lone decimal, currency named."""
    exponent = amount.as_tuple().exponent
    shown = amount.quantize(Decimal("0.01")) if exponent == -1 else amount
    return f"{shown:,f} {currency or '(no currency named)'}"
