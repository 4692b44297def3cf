from datetime import timedelta

import pytest
from msgspec.structs import replace

from accord.domain.accord import Accord, Notify, Role, Stage, System
from accord.domain.finding import Code, code_meanings
from accord.domain.ownership import EVERYWHERE, Ownership
from accord.domain.proof import prove
from accord.domain.stage_proof import INTERNAL
from accord.domain.tracks import STATES, State, Track
from accord.domain.vocabulary import Alike, Ignored, Row, Vocabulary

SHIPPED = Stage(
    name="shipped",
    definition="It has left.",
    when={"fulfillment": (State.SHIPPED,)},
    customer_facing=True,
    notify=Notify.ONCE,
    stall_after=timedelta(days=3),
    person="Ana",
)


def system(name: str, **changes: object) -> System:
    plain = System(
        name=name,
        connector="any",
        role=Role.STOREFRONT,
        vocabulary=Vocabulary(version=1),
        can=frozenset(),
    )
    return replace(plain, **changes)


SOUND = Accord(
    systems={"shop": system("shop"), "books": system("books")},
    ownership=Ownership(
        owners={track: {EVERYWHERE: "shop"} for track in Track},
        mirrors=dict.fromkeys(Track, ("books",)),
    ),
    stages=(SHIPPED,),
    responsible="ana@example.com",
)


def found(accord: Accord) -> list[tuple[Code, str]]:
    return [(finding.code, finding.key) for finding in prove(accord)]


def with_words(vocabulary: Vocabulary) -> Accord:
    return replace(SOUND, systems={**SOUND.systems, "shop": system("shop", vocabulary=vocabulary)})


def with_stage(**changes: object) -> Accord:
    return replace(SOUND, stages=(replace(SHIPPED, **changes),))


def test_a_sound_accord_has_no_findings() -> None:
    assert found(SOUND) == []


def test_every_code_has_a_meaning_of_one_sentence() -> None:
    meanings = code_meanings()

    assert set(meanings) == set(Code)
    assert all(meaning.endswith(".") for meaning in meanings.values())


@pytest.mark.parametrize("track", Track)
def test_a_track_nobody_owns_is_found(track: Track) -> None:
    owners = {t: by for t, by in SOUND.ownership.owners.items() if t is not track}
    accord = replace(SOUND, ownership=Ownership(owners=owners))

    assert found(accord) == [(Code.NO_OWNER, f"tracks.{track}.owner")]


def test_a_mirror_is_held_to_what_its_connector_can_write() -> None:
    can_write = frozenset(Track) - {Track.DELIVERY}
    systems = {**SOUND.systems, "books": system("books", able_to_mirror=can_write)}

    assert found(replace(SOUND, systems=systems)) == [
        (Code.CANNOT_MIRROR, "tracks.delivery.mirrors")
    ]


def test_an_owner_is_held_to_what_its_connector_knows() -> None:
    knows = frozenset(Track) - {Track.RETURN}
    systems = {**SOUND.systems, "shop": system("shop", able_to_own=knows)}

    assert found(replace(SOUND, systems=systems)) == [(Code.CANNOT_OWN, "tracks.return.owner")]


def test_one_word_may_mean_different_things_under_different_conditions() -> None:
    rows = tuple(
        Row("order", "G", {"order": State.OPEN}, when={"billing": billing})
        for billing in (True, False)
    )

    assert found(with_words(Vocabulary(1, rows))) == []


def test_one_word_may_mean_different_things_on_different_records() -> None:
    rows = (Row("order", "A", {"order": State.OPEN}), Row("return", "A", {}))

    assert [code for code, _ in found(with_words(Vocabulary(1, rows)))] == [Code.WORD_NOT_MAPPED]


@pytest.mark.parametrize(
    "vocabulary",
    [
        Vocabulary(
            1, (Row("o", "A", {"order": State.OPEN}), Row("o", "a", {"order": State.ON_HOLD}))
        ),
        Vocabulary(1, (Row("o", "A", {"order": State.OPEN}),), (Ignored("o", "a", "r"),)),
        Vocabulary(1, (), (Ignored("o", "A", "r"), Ignored("o", "a", "s"))),
    ],
    ids=["two meanings", "mapped and ignored", "ignored twice"],
)
def test_a_word_listed_twice_is_found_however_it_is_cased(vocabulary: Vocabulary) -> None:
    assert found(with_words(vocabulary)) == [(Code.WORD_MAPPED_TWICE, "systems.shop.words.o.a")]


@pytest.mark.parametrize(
    ("track", "state"), [(t, s) for t in Track for s in State if s not in STATES[t]]
)
def test_a_state_under_another_track_is_found(track: Track, state: State) -> None:
    (finding,) = prove(with_words(Vocabulary(1, (Row("o", "A", {track: state}),))))

    assert finding.code is Code.MIXED_TRACKS
    assert f"{state} belongs to " in finding.what


@pytest.mark.parametrize(
    ("track", "state"), [(t, s) for t, states in INTERNAL.items() for s in states]
)
def test_a_stage_that_begins_with_an_internal_state_is_not_for_customers(
    track: str, state: State
) -> None:
    shown = with_stage(when={track: (state,)})

    assert found(shown) == [(Code.INTERNAL_STEP_SHOWN, "stages.shipped.customer_facing")]
    assert (
        found(with_stage(when={track: (state,)}, customer_facing=False, notify=Notify.NEVER)) == []
    )


def test_an_internal_state_in_the_course_of_a_stage_gives_nothing_away() -> None:
    assert found(with_stage(when={"order": (State.ON_HOLD, State.OPEN)})) == []


def test_every_internal_state_is_one_of_its_track() -> None:
    assert [s for t, states in INTERNAL.items() for s in states if s not in STATES[Track(t)]] == []


def test_states_that_cannot_be_told_apart_are_no_fault() -> None:
    alike = Alike("order", (State.OPEN, State.ON_HOLD), "one word for both")

    assert found(with_words(Vocabulary(1, alike=(alike,)))) == []
