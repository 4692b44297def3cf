"""An accord file in which everything is said, and nothing is wrong."""

SYSTEMS = """\
[systems.shop]
connector = "shopify"
shop = "example.myshopify.com"

[systems.books]
connector = "netsuite"
account = "1234567"

[systems.warehouse]
connector = "shipstation"
"""

HEAD = """\
responsible = "Ana Lima <ana@example.com>"
review_every = "1 week"
latency_target = "5 minutes"

"""

WHOLE = f"""\
{HEAD}{SYSTEMS}
[[systems.books.words]]
kind = "SalesOrd"
word = "X"
means = {{ order = "on_hold" }}

[[systems.books.ignored_words]]
kind = "SalesOrd"
word = "Y"
reason = "an internal note"

[tracks]
order = {{ owner = "shop", mirrors = ["books"], on_foreign_change = "revert" }}
payment = {{ owner = "shop" }}
fulfillment = {{ owner = "warehouse", mirrors = ["shop", "books"] }}
delivery = {{ owner = "warehouse", mirrors = ["shop"], on_foreign_change = "adopt" }}
return = {{ owner = "shop", mirrors = ["books"], on_foreign_change = "ask" }}

[stages.ordered]
definition = "We have your order."
when = {{ order = ["open", "on_hold"] }}
customer_facing = true
notify = "once"
stall_after = "3 days"
person = "Ana Lima"

[stages.packed]
definition = "It is in a box."
when = {{ fulfillment = ["packed", "shipped"] }}
customer_facing = false
notify = "never"
stall_after = "36 hours"
person = "Ben Roth"

[stages.delivered]
definition = "It has arrived."
when = {{ delivery = ["delivered"] }}
customer_facing = true
notify = "once"
stall_after = "never"
person = "Ana Lima"
"""

LOCATED = f"""\
{HEAD}{SYSTEMS}
[systems.depot]
connector = "shipstation"

[locations.east]
shop = "655441491"
warehouse = "se-1"

[locations.west]
shop = "655441492"
depot = "se-9"

[tracks]
preset = "storefront"

[stages]
preset = "simple"
"""

TELLING = f"""\
{WHOLE}
[stages.fulfilled]
definition = "It has left."
when = {{ fulfillment = ["shipped"] }}
customer_facing = true
notify = "once"
stall_after = "3 days"
person = "Ana Lima"
told_by = "shop"
subject = "Order {{order}}"
text = '''
It has left: {{parcels}}
{{tracking}}'''

[notices]
settle_for = "3 minutes"
max_age = "12 hours"
shop_sends = ["ordered"]

[notices.mail]
host = "smtp.example.com"
port = 2587
from = "The Shop <orders@example.com>"
reply_to = "help@example.com"

[notices.webhook]
url = "https://messages.example.com/in"
idempotent_for = "24 hours"
"""

CALLING = f"""\
{WHOLE}
[alerts]
channels = ["ops", "lead"]
digest = "07:30"
time_zone = "Europe/Berlin"
remind_after = "2 days"

[alerts.drifting_orders]
more_than = 20
within = "2 hours"
lasts = "10 minutes"
to = ["lead"]
first_response = "Call Ana."

[alerts.review_due]
on = false
"""

REPAIRING = f"""\
{WHOLE}
[repair]
at_most = 20
share = "0.5 %"
wait = "10 minutes"
"""

# The line on which a finding is expected ends in this comment.
HERE = "# <-"


def with_change(text: str, old: str, new: str) -> str:
    """Return ``text`` with its one ``old`` part replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the example"
    return text.replace(old, new)


def line_here(text: str) -> int:
    """Return the number of the line marked as the place of the finding."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.endswith(HERE))
