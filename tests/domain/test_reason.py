import pytest
from msgspec import json
from msgspec.structs import fields

from accord.domain.reason import REASONS, Reason, UnknownWord, reason_code, remedy, what, word_of

UNKNOWN = UnknownWord("shop", "financial_status", "on_layaway")


def example(kind):
    """Return a reason of this kind with something in every field."""
    values = {"str": "x", "int": "7", "datetime": "2026-11-02T12:00:00Z"}
    given = {
        field.name: ["1", "2"] if field.name == "names" else values[field.type.__name__]
        for field in fields(kind)
    }
    return json.decode(json.encode({"type": kind.__name__, **given}), type=Reason, strict=False)


@pytest.mark.parametrize("kind", REASONS.values(), ids=REASONS)
def test_every_reason_says_what_was_found_and_what_to_do(kind):
    reason = example(kind)

    for sentence in (what(reason), remedy(reason)):
        assert sentence.endswith(".")
        assert "{" not in sentence


@pytest.mark.parametrize("kind", REASONS.values(), ids=REASONS)
def test_every_reason_comes_back_from_where_it_is_kept(kind):
    assert json.decode(json.encode(example(kind)), type=Reason) == example(kind)


def test_a_word_is_told_exactly_as_it_was_sent():
    assert what(UNKNOWN) == "shop said 'on_layaway' on financial_status, which is in no table."
    assert (reason_code(UNKNOWN), word_of(UNKNOWN)) == ("unknown_word", "on_layaway")


def test_a_word_with_braces_is_told_and_not_filled_in():
    assert "'{system}'" in what(UnknownWord("shop", "order", "{system}"))
