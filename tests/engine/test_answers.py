"""What is worked out once for all orders of one shape is what would be worked out for each."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.domain.accord import Rule
from accord.domain.decision import decide
from accord.domain.matrix import Matrix
from accord.engine import answers
from accord.engine.answers import Answers
from accord.engine.out_of_step import change_of
from tests.domain.lives import RENAMINGS, orders, others, parcels
from tests.domain.stack import NOON, after, ordered, stack
from tests.domain.test_gate import GATED, work

ACCORDS = {rule: stack(rule) for rule in Rule}
# One for all examples: an answer that was kept for one order is given for another.
KEPT = {rule: Answers(accord) for rule, accord in ACCORDS.items()}


@settings(deadline=None, max_examples=300)
@given(
    before=orders() | st.just(Matrix()),
    report=parcels() | others(),
    renaming=RENAMINGS,
    rule=st.sampled_from(Rule),
    news=st.booleans(),
)
def test_a_change_is_the_same_with_answers_kept_as_without(before, report, renaming, rule, news):
    became = decide(before, report, ACCORDS[rule]).matrix
    for one, other in ((before, became), (became, before)):
        was, so = renaming.of(one), renaming.of(other)
        told = {"news": news, "now": NOON + timedelta(hours=9)}
        whole = change_of("1", was, so, ACCORDS[rule], **told)

        assert change_of("1", was, so, ACCORDS[rule], **told, answers=KEPT[rule]) == whole


def test_where_goods_are_held_back_there_is_no_answer_for_all_times():
    order = after(*ordered(**{"sku-1": 2}), work("w-9", "held", {"sku-1": 2}))

    assert Answers(GATED).of(order) is None


def test_no_more_answers_are_kept_than_are_allowed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answers, "MOST_SHAPES", 1)
    one, other = after(*ordered(**{"sku-1": 2})), after(*ordered(**{"sku-1": 3}))
    kept = Answers(ACCORDS[Rule.REVERT])

    told = [kept.of(order) for order in (one, other, one)]

    assert told == [Answers(ACCORDS[Rule.REVERT]).of(order) for order in (one, other, one)]
    assert len(kept._found) == 1  # noqa: SLF001 - how many are kept shows nowhere else
