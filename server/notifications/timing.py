"""When a message may go out: quiet hours, the day's digest, and waiting longer after each failure.

Pure; all hours are the kitchen's.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from server.calendars.deadlines import KITCHEN_TIME

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
MOST_ATTEMPTS = 8


def after_quiet_hours(
    moment: datetime, quiet_from: str | None, quiet_until: str | None
) -> datetime:
    """*moment*, or the end of the quiet hours it falls into; they may run over midnight."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return moment
    local = moment.astimezone(KITCHEN_TIME)
    begins, ends = time.fromisoformat(quiet_from), time.fromisoformat(quiet_until)
    clock = local.time()
    over_midnight = begins > ends
    is_quiet = clock >= begins or clock < ends if over_midnight else begins <= clock < ends
    if not is_quiet:
        return moment
    day = local.date() + timedelta(days=1 if over_midnight and clock >= begins else 0)
    return datetime.combine(day, ends, KITCHEN_TIME)


def next_digest(moment: datetime, digest_at: str) -> datetime:
    """The next time the digest goes out."""
    local = moment.astimezone(KITCHEN_TIME)
    today = datetime.combine(local.date(), time.fromisoformat(digest_at), KITCHEN_TIME)
    return today if today > local else today + timedelta(days=1)


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts, or None to give up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    doubled: timedelta = FIRST_WAIT * 2 ** (attempts - 1)
    return min(doubled, LONGEST_WAIT)
