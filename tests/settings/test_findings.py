from typing import NamedTuple

import pytest

from accord.domain.finding import Code, Severity
from accord.settings.accord_file import AccordFile, read_accord
from tests.settings.catalogue import CATALOGUE, SECRETS
from tests.settings.examples import (
    CALLING,
    HEAD,
    HERE,
    LOCATED,
    REPAIRING,
    TELLING,
    WHOLE,
    line_here,
    with_change,
)

RICH = LOCATED.replace('"simple"', '"rich"')


class Wrong(NamedTuple):
    """One fault: what stands in the sound file, what in the wrong one, and what is found."""

    old: str
    new: str
    code: Code
    key: str
    text: str = WHOLE


CASES = {
    # Who owns what.
    "a list of two owners": Wrong(
        'payment = { owner = "shop" }',
        f'payment = {{ owner = ["shop", "books"] }} {HERE}',
        Code.TWO_OWNERS,
        "tracks.payment.owner",
    ),
    "two owners in two lines": Wrong(
        'payment = { owner = "shop" }\n',
        f'payment.owner = "shop"\npayment.owner = "books" {HERE}\n',
        Code.TWO_OWNERS,
        "tracks.payment.owner",
    ),
    "two owners at one location": Wrong(
        'preset = "storefront"',
        'preset = "storefront"\n'
        f'fulfillment = {{ owner = {{ east = ["warehouse", "depot"], west = "depot" }} }} {HERE}',
        Code.TWO_OWNERS,
        "tracks.fulfillment.owner.east",
        LOCATED,
    ),
    "no owner": Wrong(
        '{ owner = "shop", mirrors = ["books"], on_foreign_change = "ask" }',
        f'{{ mirrors = ["books"], on_foreign_change = "ask" }} {HERE}',
        Code.NO_OWNER,
        "tracks.return.owner",
    ),
    "a track left out": Wrong(
        '[tracks]\norder = { owner = "shop", mirrors = ["books"], on_foreign_change = "revert" }',
        f"[tracks] {HERE}",
        Code.NO_OWNER,
        "tracks.order.owner",
    ),
    "no owner at a location": Wrong(
        'preset = "storefront"',
        f'preset = "storefront"\nfulfillment = {{ owner = {{ east = "warehouse" }} }} {HERE}',
        Code.NO_OWNER,
        "tracks.fulfillment.owner.west",
        LOCATED,
    ),
    "an owner the accord does not name": Wrong(
        'payment = { owner = "shop" }',
        f'payment = {{ owner = "shopp" }} {HERE}',
        Code.UNKNOWN_SYSTEM,
        "tracks.payment.owner",
    ),
    "an owner that cannot own the track": Wrong(
        'payment = { owner = "shop" }',
        f'payment = {{ owner = "warehouse" }} {HERE}',
        Code.CANNOT_OWN,
        "tracks.payment.owner",
    ),
    "an order owned by location": Wrong(
        'preset = "storefront"',
        f'preset = "storefront"\norder = {{ owner = {{ east = "shop", west = "shop" }} }} {HERE}',
        Code.NOT_BY_LOCATION,
        "tracks.order.owner",
        LOCATED,
    ),
    "an owner given as a number": Wrong(
        'payment = { owner = "shop" }',
        f"payment = {{ owner = 7 }} {HERE}",
        Code.WRONG_TYPE,
        "tracks.payment.owner",
    ),
    # Who follows.
    "a mirror that cannot write the track": Wrong(
        'payment = { owner = "shop" }',
        f'payment = {{ owner = "shop", mirrors = ["books"] }} {HERE}',
        Code.CANNOT_MIRROR,
        "tracks.payment.mirrors",
    ),
    "a mirror the accord does not name": Wrong(
        'payment = { owner = "shop" }',
        f'payment = {{ owner = "shop", mirrors = ["ledger"] }} {HERE}',
        Code.UNKNOWN_SYSTEM,
        "tracks.payment.mirrors",
    ),
    "an owner that mirrors itself": Wrong(
        'payment = { owner = "shop" }',
        f'payment = {{ owner = "shop", mirrors = ["shop"] }} {HERE}',
        Code.OWNER_IS_MIRROR,
        "tracks.payment.mirrors",
    ),
    "mirrors that are no list": Wrong(
        'mirrors = ["shop", "books"] }',
        f'mirrors = "shop" }} {HERE}',
        Code.WRONG_TYPE,
        "tracks.fulfillment.mirrors",
    ),
    "an impossible rule for changes by others": Wrong(
        'on_foreign_change = "ask" }',
        f'on_foreign_change = "accept" }} {HERE}',
        Code.UNKNOWN_CHOICE,
        "tracks.return.on_foreign_change",
    ),
    # When systems are swept.
    "a schedule that is none": Wrong(
        "[stages.ordered]",
        f'[sweep]\nat = "61 3 * * *" {HERE}\n[stages.ordered]',
        Code.BAD_SCHEDULE,
        "sweep.at",
    ),
    "a sweep in a time zone that is none": Wrong(
        "[stages.ordered]",
        f'[sweep]\ntime_zone = "Europe/Lissabon" {HERE}\n[stages.ordered]',
        Code.UNKNOWN_TIME_ZONE,
        "sweep.time_zone",
    ),
    # Places.
    "an owner at an unknown location": Wrong(
        'preset = "storefront"',
        'preset = "storefront"\nfulfillment = { owner = { east = "warehouse", '
        f'west = "depot", noth = "depot" }} }} {HERE}',
        Code.UNKNOWN_LOCATION,
        "tracks.fulfillment.owner.noth",
        LOCATED,
    ),
    "a location its owner has no id for": Wrong(
        'preset = "storefront"',
        'preset = "storefront"\nfulfillment = { owner = { east = "depot", west = "depot" } }',
        Code.PLACE_UNKNOWN,
        "locations.east.depot",
        LOCATED.replace("[locations.east]", f"[locations.east] {HERE}"),
    ),
    "a location the owner of the order has no id for": Wrong(
        '[locations.east]\nshop = "655441491"\n',
        f"[locations.east] {HERE}\n",
        Code.PLACE_UNKNOWN,
        "locations.east.shop",
        LOCATED,
    ),
    "one id for two locations": Wrong(
        'shop = "655441492"',
        f'shop = "655441491" {HERE}',
        Code.PLACE_TWICE,
        "locations.west.shop",
        LOCATED,
    ),
    # How what was cancelled is kept in the house.
    "a gate where nothing can be held": Wrong(
        'connector = "netsuite"\n',
        f'connector = "netsuite"\ngate = "hold" {HERE}\n',
        Code.CANNOT_HOLD,
        "systems.books.gate",
    ),
    "a rest without a gate": Wrong(
        'connector = "shipstation"\n',
        f'connector = "shipstation"\nhold_for = "5 minutes" {HERE}\n',
        Code.NO_GATE,
        "systems.warehouse.hold_for",
    ),
    "an unknown system at a location": Wrong(
        'depot = "se-9"',
        f'depot = "se-9"\ndeppot = "se-8" {HERE}',
        Code.UNKNOWN_SYSTEM,
        "locations.west.deppot",
        LOCATED,
    ),
    # Kinds of status.
    "a word that means a state of another track": Wrong(
        'means = { order = "on_hold" }',
        f'means = {{ payment = "shipped" }} {HERE}',
        Code.MIXED_TRACKS,
        "systems.books.words[0].means.payment",
    ),
    "a stage with a state of another track": Wrong(
        'when = { delivery = ["delivered"] }',
        f'when = {{ delivery = ["delivered", "refunded"] }} {HERE}',
        Code.MIXED_TRACKS,
        "stages.delivered.when.delivery",
    ),
    "a stage with one field for several kinds of status": Wrong(
        'when = { delivery = ["delivered"] }',
        f'when = {{ status = ["paid", "shipped"] }} {HERE}',
        Code.MIXED_TRACKS,
        "stages.delivered.when.status",
    ),
    "a stage with an unknown track": Wrong(
        'when = { delivery = ["delivered"] }',
        f'when = {{ delivry = ["delivered"] }} {HERE}',
        Code.UNKNOWN_TRACK,
        "stages.delivered.when.delivry",
    ),
    "a state that does not exist": Wrong(
        'when = { delivery = ["delivered"] }',
        f'when = {{ delivery = ["deliverd"] }} {HERE}',
        Code.UNKNOWN_STATE,
        "stages.delivered.when.delivery[0]",
    ),
    "states without their track": Wrong(
        'when = { delivery = ["delivered"] }',
        f'when = ["delivered"] {HERE}',
        Code.WRONG_TYPE,
        "stages.delivered.when",
    ),
    "a state that is no list": Wrong(
        'when = { delivery = ["delivered"] }',
        f'when = {{ delivery = "delivered" }} {HERE}',
        Code.WRONG_TYPE,
        "stages.delivered.when.delivery",
    ),
    # Words.
    "a word mapped twice": Wrong(
        "[[systems.books.ignored_words]]",
        f'[[systems.books.words]] {HERE}\nkind = "SalesOrd"\nword = "x"\n'
        'means = { order = "open" }\n[[systems.books.ignored_words]]',
        Code.WORD_MAPPED_TWICE,
        "systems.books.words[1]",
    ),
    "a word both mapped and ignored": Wrong(
        '[[systems.books.ignored_words]]\nkind = "SalesOrd"\nword = "Y"',
        f'[[systems.books.ignored_words]] {HERE}\nkind = "SalesOrd"\nword = "X"',
        Code.WORD_MAPPED_TWICE,
        "systems.books.ignored_words[0]",
    ),
    "a word ignored twice": Wrong(
        "[tracks]",
        f'[[systems.books.ignored_words]] {HERE}\nkind = "SalesOrd"\nword = "Y"\nreason = "r"\n'
        "[tracks]",
        Code.WORD_MAPPED_TWICE,
        "systems.books.ignored_words[1]",
    ),
    "a word without a meaning": Wrong(
        '[[systems.books.words]]\nkind = "SalesOrd"\nword = "X"\nmeans = { order = "on_hold" }',
        f'[[systems.books.words]] {HERE}\nkind = "SalesOrd"\nword = "X"',
        Code.WORD_NOT_MAPPED,
        "systems.books.words[0]",
    ),
    "a word with an empty meaning": Wrong(
        '[[systems.books.words]]\nkind = "SalesOrd"\nword = "X"\nmeans = { order = "on_hold" }',
        f'[[systems.books.words]] {HERE}\nkind = "SalesOrd"\nword = "X"\nmeans = {{}}',
        Code.WORD_NOT_MAPPED,
        "systems.books.words[0]",
    ),
    "a word that means an unknown state": Wrong(
        'means = { order = "on_hold" }',
        f'means = {{ order = "held" }} {HERE}',
        Code.UNKNOWN_STATE,
        "systems.books.words[0].means.order",
    ),
    "a meaning that is a text": Wrong(
        'means = { order = "on_hold" }',
        f'means = "on_hold" {HERE}',
        Code.WRONG_TYPE,
        "systems.books.words[0].means",
    ),
    "a word ignored without a reason": Wrong(
        '[[systems.books.ignored_words]]\nkind = "SalesOrd"\nword = "Y"\n'
        'reason = "an internal note"',
        f'[[systems.books.ignored_words]] {HERE}\nkind = "SalesOrd"\nword = "Y"',
        Code.WORD_NOT_MAPPED,
        "systems.books.ignored_words[0]",
    ),
    "an entry without its word": Wrong(
        '[[systems.books.words]]\nkind = "SalesOrd"\nword = "X"',
        f'[[systems.books.words]] {HERE}\nkind = "SalesOrd"',
        Code.MISSING_KEY,
        "systems.books.words[0].word",
    ),
    "a condition on an undeclared fact": Wrong(
        'word = "X"',
        f'word = "X"\nwhen = {{ biling_in_advance = true }} {HERE}',
        Code.UNKNOWN_KEY,
        "systems.books.words[0].when.biling_in_advance",
    ),
    # Stages.
    "a stage without a definition": Wrong(
        '[stages.packed]\ndefinition = "It is in a box."',
        f"[stages.packed] {HERE}",
        Code.STAGE_WITHOUT_DEFINITION,
        "stages.packed.definition",
    ),
    "a stage with an empty definition": Wrong(
        'definition = "It is in a box."',
        f'definition = " " {HERE}',
        Code.STAGE_WITHOUT_DEFINITION,
        "stages.packed.definition",
    ),
    "a stage without a rule": Wrong(
        '[stages.ordered]\ndefinition = "We have your order."\n'
        'when = { order = ["open", "on_hold"] }\ncustomer_facing = true\nnotify = "once"',
        f'[stages.ordered] {HERE}\ndefinition = "We have your order."\n'
        'when = { order = ["open", "on_hold"] }\ncustomer_facing = true',
        Code.STAGE_WITHOUT_RULE,
        "stages.ordered.notify",
    ),
    "a stage without a person": Wrong(
        'stall_after = "36 hours"\nperson = "Ben Roth"',
        'stall_after = "36 hours"',
        Code.STAGE_WITHOUT_PERSON,
        "stages.packed.person",
        WHOLE.replace("[stages.packed]", f"[stages.packed] {HERE}"),
    ),
    "a stage without a stall limit": Wrong(
        'stall_after = "36 hours"\n',
        "",
        Code.STAGE_WITHOUT_LIMIT,
        "stages.packed.stall_after",
        WHOLE.replace("[stages.packed]", f"[stages.packed] {HERE}"),
    ),
    "a stage without a condition": Wrong(
        'when = { delivery = ["delivered"] }\n',
        "",
        Code.STAGE_WITHOUT_CONDITION,
        "stages.delivered.when",
        WHOLE.replace("[stages.delivered]", f"[stages.delivered] {HERE}"),
    ),
    "a stage that does not say for whom it is": Wrong(
        "customer_facing = false\n",
        "",
        Code.MISSING_KEY,
        "stages.packed.customer_facing",
        WHOLE.replace("[stages.packed]", f"[stages.packed] {HERE}"),
    ),
    "an internal step shown to customers": Wrong(
        "customer_facing = false",
        f"customer_facing = true {HERE}",
        Code.INTERNAL_STEP_SHOWN,
        "stages.packed.customer_facing",
    ),
    "an internal step of a preset shown to customers": Wrong(
        'preset = "rich"',
        f'preset = "rich"\n[stages.labeled]\ncustomer_facing = true {HERE}',
        Code.INTERNAL_STEP_SHOWN,
        "stages.labeled.customer_facing",
        RICH,
    ),
    "a message about an internal step": Wrong(
        'notify = "never"',
        f'notify = "once" {HERE}',
        Code.INTERNAL_STEP_SHOWN,
        "stages.packed.notify",
    ),
    "no stages": Wrong(
        '\n[stages]\npreset = "simple"\n', "", Code.NO_STAGES, "stages", f"{LOCATED}"
    ),
    "an unknown preset": Wrong(
        'preset = "simple"',
        f'preset = "simpel" {HERE}',
        Code.UNKNOWN_CHOICE,
        "stages.preset",
        LOCATED,
    ),
    # Systems.
    "an unknown connector": Wrong(
        'connector = "netsuite"',
        f'connector = "netsute" {HERE}',
        Code.UNKNOWN_CONNECTOR,
        "systems.books.connector",
    ),
    "an unknown connector under a preset": Wrong(
        'connector = "netsuite"',
        f'connector = "netsute" {HERE}',
        Code.UNKNOWN_CONNECTOR,
        "systems.books.connector",
        LOCATED,
    ),
    "no connector": Wrong(
        '[systems.warehouse]\nconnector = "shipstation"',
        f"[systems.warehouse] {HERE}",
        Code.MISSING_KEY,
        "systems.warehouse.connector",
    ),
    "a missing setting": Wrong(
        '[systems.books]\nconnector = "netsuite"\naccount = "1234567"',
        f'[systems.books] {HERE}\nconnector = "netsuite"',
        Code.MISSING_SETTING,
        "systems.books.account",
    ),
    "an empty setting": Wrong(
        'account = "1234567"', f'account = "" {HERE}', Code.MISSING_SETTING, "systems.books.account"
    ),
    "a misspelt setting": Wrong(
        'account = "1234567"', f'acount = "1" {HERE}', Code.UNKNOWN_KEY, "systems.books.acount"
    ),
    "a setting without quotes": Wrong(
        'account = "1234567"', f"account = 1234567 {HERE}", Code.WRONG_TYPE, "systems.books.account"
    ),
    "a setting outside its choices": Wrong(
        'account = "1234567"',
        f'account = "1"\nedition = "de" {HERE}',
        Code.UNKNOWN_CHOICE,
        "systems.books.edition",
    ),
    "a secret in the file": Wrong(
        'account = "1234567"',
        f'account = "1234567"\nprivate_key = "k" {HERE}',
        Code.SECRET_IN_FILE,
        "systems.books.private_key",
    ),
    "a name that cannot stand in a variable": Wrong(
        "[tracks]",
        f'[systems."Sub Shop"] {HERE}\nconnector = "ups"\n[tracks]',
        Code.BAD_NAME,
        'systems."Sub Shop"',
    ),
    "a name that means something else": Wrong(
        "[tracks]",
        f'[systems.number] {HERE}\nconnector = "ups"\n[tracks]',
        Code.BAD_NAME,
        "systems.number",
    ),
    # The file as a whole.
    "nobody responsible": Wrong(
        'responsible = "Ana Lima <ana@example.com>"\n', "", Code.NO_RESPONSIBLE, "responsible"
    ),
    "a responsible person without an address": Wrong(
        'responsible = "Ana Lima <ana@example.com>"',
        f'responsible = "Ana" {HERE}',
        Code.NO_RESPONSIBLE,
        "responsible",
    ),
    "two people responsible": Wrong(
        'responsible = "Ana Lima <ana@example.com>"',
        f'responsible = "ana@example.com, ben@example.com" {HERE}',
        Code.NO_RESPONSIBLE,
        "responsible",
    ),
    "nobody responsible for a preset's stages": Wrong(
        'responsible = "Ana Lima <ana@example.com>"\n',
        "",
        Code.NO_RESPONSIBLE,
        "responsible",
        LOCATED,
    ),
    "an unreadable length of time": Wrong(
        'latency_target = "5 minutes"',
        f'latency_target = "soon" {HERE}',
        Code.UNREADABLE_DURATION,
        "latency_target",
    ),
    "no time at all": Wrong(
        'review_every = "1 week"',
        f'review_every = "0 days" {HERE}',
        Code.UNREADABLE_DURATION,
        "review_every",
    ),
    "a misspelt key": Wrong(
        'review_every = "1 week"',
        f'reveiw_every = "1 week" {HERE}',
        Code.UNKNOWN_KEY,
        "reveiw_every",
    ),
    "a misspelt table": Wrong("[tracks]", f"[trakcs] {HERE}", Code.UNKNOWN_KEY, "trakcs"),
    "a misspelt track": Wrong(
        'payment = { owner = "shop" }',
        f'paymnt = {{ owner = "shop" }} {HERE}',
        Code.UNKNOWN_KEY,
        "tracks.paymnt",
    ),
    "a misspelt key of a track": Wrong(
        'payment = { owner = "shop" }',
        f'payment = {{ ownr = "shop" }} {HERE}',
        Code.UNKNOWN_KEY,
        "tracks.payment.ownr",
    ),
    "a key said twice": Wrong(
        'latency_target = "5 minutes"',
        f'latency_target = "5 minutes"\nlatency_target = "6 minutes" {HERE}',
        Code.SAID_TWICE,
        "latency_target",
    ),
    # How customers are told.
    "nothing said of what the shop tells": Wrong(
        'settle_for = "3 minutes"\nmax_age = "12 hours"\nshop_sends = ["ordered"]\n',
        "",
        Code.MISSING_KEY,
        "notices.shop_sends",
        TELLING.replace("[notices]", f"[notices] {HERE}"),
    ),
    "a stage nobody is told of": Wrong(
        'shop_sends = ["ordered"]',
        f'shop_sends = ["packed"] {HERE}',
        Code.UNKNOWN_STAGE,
        "notices.shop_sends",
        TELLING,
    ),
    "a placeholder that means nothing": Wrong(
        'subject = "Order {order}"',
        f'subject = "Order {{ordr}}" {HERE}',
        Code.UNKNOWN_PLACEHOLDER,
        "stages.fulfilled.subject",
        TELLING,
    ),
    "a message that says nothing": Wrong(
        'subject = "Order {order}"',
        f'subject = " " {HERE}',
        Code.EMPTY_MESSAGE,
        "stages.fulfilled.subject",
        TELLING,
    ),
    "an alert that calls nobody known": Wrong(
        'to = ["lead"]',
        f'to = ["led"] {HERE}',
        Code.UNKNOWN_CHANNEL,
        "alerts.drifting_orders.to",
        CALLING,
    ),
    "a channel that no variable can be named for": Wrong(
        'channels = ["ops", "lead"]',
        f'channels = ["ops", "lead", "Ana\'s phone"] {HERE}',
        Code.BAD_NAME,
        "alerts.channels",
        CALLING,
    ),
    "a time zone that is none": Wrong(
        'time_zone = "Europe/Berlin"',
        f'time_zone = "Europe/Berlim" {HERE}',
        Code.UNKNOWN_TIME_ZONE,
        "alerts.time_zone",
        CALLING,
    ),
    "a time of day that is none": Wrong(
        'digest = "07:30"',
        f'digest = "half past seven" {HERE}',
        Code.UNREADABLE_TIME,
        "alerts.digest",
        CALLING,
    ),
    "a share that is none": Wrong(
        'share = "0.5 %"',
        f'share = "0 %" {HERE}',
        Code.UNREADABLE_SHARE,
        "repair.share",
        REPAIRING,
    ),
    "a cap that is no number": Wrong(
        "at_most = 20",
        f"at_most = -1 {HERE}",
        Code.WRONG_TYPE,
        "repair.at_most",
        REPAIRING,
    ),
    "a key of repairs that is none": Wrong(
        'wait = "10 minutes"',
        f'weit = "10 minutes" {HERE}',
        Code.UNKNOWN_KEY,
        "repair.weit",
        REPAIRING,
    ),
    "an alert that is none": Wrong(
        "[alerts.review_due]",
        f"[alerts.review_dew] {HERE}",
        Code.UNKNOWN_KEY,
        "alerts.review_dew",
        CALLING,
    ),
    "mail from nobody": Wrong(
        'from = "The Shop <orders@example.com>"',
        f'from = "The Shop" {HERE}',
        Code.NO_SENDER,
        "notices.mail.from",
        TELLING,
    ),
    "mail in the clear": Wrong(
        "port = 2587",
        f'encryption = "none" {HERE}',
        Code.UNSAFE_CHANNEL,
        "notices.mail.encryption",
        TELLING,
    ),
    "a port that is none": Wrong(
        "port = 2587", f"port = 70000 {HERE}", Code.WRONG_TYPE, "notices.mail.port", TELLING
    ),
    "a password of the mail server": Wrong(
        "port = 2587",
        f'password = "hunter2" {HERE}',
        Code.SECRET_IN_FILE,
        "notices.mail.password",
        TELLING,
    ),
    "a webhook in the clear": Wrong(
        'url = "https://messages.example.com/in"',
        f'url = "http://messages.example.com/in" {HERE}',
        Code.UNSAFE_CHANNEL,
        "notices.webhook.url",
        TELLING,
    ),
    "a webhook with a password in its address": Wrong(
        'url = "https://messages.example.com/in"',
        f'url = "https://me:secret@messages.example.com/in" {HERE}',
        Code.UNSAFE_CHANNEL,
        "notices.webhook.url",
        TELLING,
    ),
    "no channel": Wrong(
        TELLING[TELLING.index("[notices]") :],
        f'[notices] {HERE}\nshop_sends = ["ordered"]\n',
        Code.NO_CHANNEL,
        "notices",
        TELLING,
    ),
    "an address in the clear": Wrong(
        HEAD, f'address = "http://hooks.example.com" {HERE}\n{HEAD}', Code.BAD_ADDRESS, "address"
    ),
    "an address with a password": Wrong(
        HEAD,
        f'address = "https://a:b@hooks.example.com" {HERE}\n{HEAD}',
        Code.BAD_ADDRESS,
        "address",
    ),
    "an address with a question": Wrong(
        HEAD,
        f'address = "https://hooks.example.com/?a" {HERE}\n{HEAD}',
        Code.BAD_ADDRESS,
        "address",
    ),
    "an address that goes too far": Wrong(
        HEAD, f'address = "https://example.com/hooks/" {HERE}\n{HEAD}', Code.BAD_ADDRESS, "address"
    ),
    "an address of nobody": Wrong(
        HEAD, f'address = "hooks.example.com" {HERE}\n{HEAD}', Code.BAD_ADDRESS, "address"
    ),
    "an address beyond all ports": Wrong(
        HEAD, f'address = "https://example.com:99999" {HERE}\n{HEAD}', Code.BAD_ADDRESS, "address"
    ),
    "subscriptions where there are none": Wrong(
        'account = "1234567"',
        f'account = "1234567"\nsubscribe = true {HERE}',
        Code.CANNOT_SUBSCRIBE,
        "systems.books.subscribe",
    ),
    "no TOML": Wrong('account = "1234567"', f"account: 1234567 {HERE}", Code.NOT_TOML, ""),
}


def read(text: str) -> AccordFile:
    return read_accord(text, CATALOGUE, SECRETS)


@pytest.mark.parametrize("wrong", CASES.values(), ids=CASES)
def test_a_fault_is_found_once_and_at_its_line(wrong: Wrong) -> None:
    text = with_change(wrong.text, wrong.old, wrong.new)
    line = line_here(text) if HERE in text else None

    assert [(f.code, f.key, f.line) for f in read(text).findings] == [(wrong.code, wrong.key, line)]


def test_every_kind_of_finding_is_shown_by_a_case() -> None:
    elsewhere = {
        Code.NO_SYSTEMS,
        Code.NOTHING_MIRRORED,
        Code.SECRET_MISSING,
        Code.SECRET_UNREADABLE,
        Code.UNKNOWN_KIND,
    }

    assert {wrong.code for wrong in CASES.values()} == set(Code) - elsewhere


def test_several_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = with_change(WHOLE, 'review_every = "1 week"', "review_every = 7")
    text = with_change(text, 'definition = "It is in a box."\n', "")
    text = with_change(text, 'payment = { owner = "shop" }', "payment = {}")

    assert [f.code for f in read(text).findings] == [
        Code.WRONG_TYPE,
        Code.NO_OWNER,
        Code.STAGE_WITHOUT_DEFINITION,
    ]


def test_an_empty_file_lacks_what_it_must_say() -> None:
    assert {f.code for f in read("").findings if f.severity is Severity.ERROR} == {
        Code.NO_SYSTEMS,
        Code.NO_OWNER,
        Code.NO_STAGES,
        Code.NO_RESPONSIBLE,
    }


def test_the_nearest_name_is_offered() -> None:
    (found,) = read(with_change(WHOLE, '"netsuite"', '"netsute"')).findings

    assert found.remedy.startswith("Did you mean 'netsuite'?")


def test_a_stack_that_only_watches_by_oversight_is_warned_of() -> None:
    text = WHOLE
    for old in ('mirrors = ["shop", "books"]', 'mirrors = ["shop"], '):
        text = with_change(text, old, "mirrors = []" + ", " * old.endswith(" "))
    text = text.replace('mirrors = ["books"]', "mirrors = []")
    (found,) = read(text).findings

    assert (found.code, found.severity) == (Code.NOTHING_MIRRORED, Severity.WARNING)
    assert read(text).sound


def test_a_word_on_a_kind_of_record_the_connector_never_reads_is_warned_of() -> None:
    text = WHOLE.replace('kind = "SalesOrd"\nword = "X"', 'kind = "SalesOrder"\nword = "X"')
    (found,) = read(text).findings

    assert (found.code, found.severity) == (Code.UNKNOWN_KIND, Severity.WARNING)
    assert "'SalesOrd'" in found.remedy
