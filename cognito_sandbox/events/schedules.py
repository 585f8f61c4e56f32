"""Schedules: rate(5 minutes) and cron(0 12 * * ? *), in UTC. (events contract 7.2)"""

import calendar
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
RATE = re.compile(r"rate\((\d+) (minute|hour|day)(s?)\)")
MONTHS = {name.upper(): n for n, name in enumerate(calendar.month_abbr) if n}
DAYS = {name: n for n, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
LAST_YEAR = 2199
DAY = timedelta(days=1)
Dates = Callable[[datetime], bool]


class ScheduleError(ValueError):
    """This is no schedule."""


class Rate(NamedTuple):
    """Every so many seconds, from the moment at which the rule was made."""

    seconds: int

    def after(self, time: float, start: float) -> float | None:
        return start + ((time - start) // self.seconds + 1) * self.seconds


class Cron(NamedTuple):
    """At these minutes of these hours of these days."""

    minutes: frozenset[int]
    hours: frozenset[int]
    is_day: Dates
    months: frozenset[int]
    years: frozenset[int]

    def after(self, time: float, start: float) -> float | None:
        """The next time; None if there is none any more."""
        found = datetime.fromtimestamp(time, UTC).replace(second=0, microsecond=0)
        found += timedelta(minutes=1)
        while found.year <= max(self.years):
            if not self._is_date(found):
                found = _next_date(found, self.years, self.months)
            elif found.hour not in self.hours:
                found = found.replace(minute=0) + timedelta(hours=1)
            elif found.minute not in self.minutes:
                found += timedelta(minutes=1)
            else:
                return found.timestamp()
        return None

    def _is_date(self, day: datetime) -> bool:
        return day.year in self.years and day.month in self.months and self.is_day(day)


def _next_date(day: datetime, years: frozenset[int], months: frozenset[int]) -> datetime:
    """The day's beginning that comes next and may be right; months that cannot be are skipped."""
    start = day.replace(hour=0, minute=0)
    if day.year in years and day.month in months:
        return start + DAY
    return (start.replace(day=1) + 32 * DAY).replace(day=1)


Schedule = Rate | Cron


def parse(expression: str) -> Schedule:
    """The schedule that an expression stands for."""
    rate = RATE.fullmatch(expression)
    if rate and int(rate[1]) and (rate[3] == "s") is (int(rate[1]) > 1):
        return Rate(int(rate[1]) * SECONDS[rate[2]])
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    if not re.fullmatch(r"cron\(.*\)", expression) or len(fields) != 6:
        raise ScheduleError(expression)
    minutes, hours, of_month, months, of_week, years = fields
    if [of_month, of_week].count("?") != 1:
        raise ScheduleError(expression)
    return Cron(
        _numbers(minutes, range(60)),
        _numbers(hours, range(24)),
        _of_month(of_month) if of_week == "?" else _of_week(of_week.upper()),
        _numbers(months.upper(), range(1, 13), MONTHS),
        _numbers(years, range(1970, LAST_YEAR + 1)),
    )


def _numbers(field: str, allowed: range, names: dict[str, int] | None = None) -> frozenset[int]:
    """What a field such as 1,5-9 or 0/15 stands for."""
    found: set[int] = set()
    for part in field.split(","):
        found.update(_steps(part, allowed, names or {}))
    return frozenset(found)


def _steps(part: str, allowed: range, names: dict[str, int]) -> Iterable[int]:
    span, slash, step = part.partition("/")
    first, dash, last = span.partition("-")
    start = allowed[0] if span == "*" else _number(first, allowed, names)
    end = _number(last, allowed, names) if dash else start
    if span == "*" or (slash and not dash):
        end = allowed[-1]
    if end < start:
        raise ScheduleError(part)
    return range(start, end + 1, _number(step, range(1, allowed[-1] + 1), {}) if slash else 1)


def _number(text: str, allowed: range, names: dict[str, int]) -> int:
    number = names.get(text, int(text) if text.isascii() and text.isdecimal() else -1)
    if number not in allowed:
        raise ScheduleError(text)
    return number


def _of_month(field: str) -> Dates:
    if field == "L":
        return lambda day: (day + DAY).month != day.month
    if nearest := re.fullmatch(r"(\d+)W", field):
        wanted = _number(nearest[1], range(1, 32), {})
        return lambda day: day.day == _weekday_near(day, wanted)
    days = _numbers(field, range(1, 32))
    return lambda day: day.day in days


def _weekday_near(day: datetime, wanted: int) -> int:
    """The weekday of this month that is nearest to its wanted day."""
    last = calendar.monthrange(day.year, day.month)[1]
    near = day.replace(day=min(wanted, last))
    shift = {5: -1 if near.day > 1 else 2, 6: 1 if near.day < last else -2}
    return near.day + shift.get(near.weekday(), 0)


def _of_week(field: str) -> Dates:
    if found := re.fullmatch(r"(\w+)#([1-5])", field):
        wanted, number = _number(found[1], range(1, 8), DAYS), int(found[2])
        return lambda day: _weekday(day) == wanted and (day.day + 6) // 7 == number
    if found := re.fullmatch(r"(\w+)L", field):
        wanted = _number(found[1], range(1, 8), DAYS)
        return lambda day: _weekday(day) == wanted and (day + 7 * DAY).month != day.month
    if field == "L":
        field = "SAT"
    days = _numbers(field, range(1, 8), DAYS)
    return lambda day: _weekday(day) in days


def _weekday(day: datetime) -> int:
    """1 for Sunday."""
    return day.isoweekday() % 7 + 1
