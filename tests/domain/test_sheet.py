from accord.domain.sheet import Standing, sheet
from accord.domain.tracks import State
from tests.domain.stack import after, ordered, said, stack
from tests.domain.test_plan import work


def lines(*reports):
    return {(line.title, line.subject): line for line in sheet(after(*reports), stack())}


def test_the_owner_and_those_who_agree_and_those_behind_are_told_apart():
    seen = lines(*ordered(A=1), said("books", "SalesOrd", "H", minute=1))

    order = seen["order", ""].entries
    assert (order["shop"].standing, order["books"].standing) == (Standing.OWNS, Standing.BEHIND)
    assert (order["books"].word, order["books"].expected_word) == ("H", "B")


def test_a_record_that_should_be_there_is_shown_as_missing():
    seen = lines(*ordered(A=1), work("se-9", "IT", {"A": 1}))

    parcel = seen["fulfillment", "warehouse:se-9"]
    assert parcel.truth is State.SHIPPED
    assert parcel.entries["warehouse"].standing is Standing.OWNS
    assert (parcel.entries["shop"].standing, parcel.entries["shop"].word) == (Standing.BEHIND, "")


def test_the_progress_of_the_whole_order_has_a_row_that_nobody_owns():
    progress = lines(*ordered(A=1))["progress", ""]

    assert progress.truth is State.NONE
    assert {e.standing for e in progress.entries.values()} == {Standing.AGREES}


def test_what_is_asked_of_a_place_is_the_word_of_the_owner_of_the_order():
    assert lines(*ordered(A=1))["fulfillment", "allocation:5"].truth is State.OPEN
