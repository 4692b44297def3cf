"""After a write of unknown outcome the mirror is looked at, for as long as it may yet happen."""

from datetime import datetime, timedelta

from accord.engine.ports import Doubt, Link, Settlement, Task

# It is looked at so often, each time after a longer wait.
LOOKS = 2
FIRST_LOOK = timedelta(seconds=10)
LOOKS_GROW = 6


def doubt_of(task: Task, link: Link, now: datetime) -> Doubt | None:
    """Return what may yet happen at the mirror, unless it was looked at for long enough."""
    doubt = task.doubt
    if doubt is None and task.taken_over:
        doubt = Doubt(now + link.gives_up_after)
    if doubt is None or doubt.seen >= LOOKS or (doubt.seen and now >= doubt.until):
        return None
    return doubt


def looked_at(task: Task, doubt: Doubt, now: datetime) -> Settlement:
    """Return a task whose mirror was found in step, to be looked at once more."""
    return Settlement(
        task=task,
        due=now + FIRST_LOOK * LOOKS_GROW**doubt.seen,
        doubt=Doubt(doubt.until, doubt.seen + 1),
        note="in step; looked at again, since a write of unknown outcome may yet happen",
    )
