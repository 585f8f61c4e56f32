"""When schedules are due (events contract 7.2)."""

import threading
from datetime import UTC, datetime

import pytest

from cognito_sandbox import clock
from cognito_sandbox.events import schedules
from cognito_sandbox.events.scheduler import Scheduler

START = datetime(2026, 11, 26, 1, 6, 30, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(1 minute)", ["11-26 01:07", "11-26 01:08"]),
        ("rate(5 minutes)", ["11-26 01:11", "11-26 01:16"]),
        ("rate(2 days)", ["11-28 01:06", "11-30 01:06"]),
        ("cron(0 12 * * ? *)", ["11-26 12:00", "11-27 12:00"]),
        ("cron(0/15 8-9 ? * MON-FRI *)", ["11-26 08:00", "11-26 08:15"]),
        ("cron(5,10 * * * ? *)", ["11-26 01:10", "11-26 02:05"]),
        ("cron(0 0 1 jan,DEC ? *)", ["12-01 00:00", "01-01 00:00"]),
        ("cron(0 0 L * ? *)", ["11-30 00:00", "12-31 00:00"]),
        ("cron(0 0 15W * ? *)", ["12-15 00:00", "01-15 00:00"]),
        ("cron(0 0 28W * ? *)", ["11-27 00:00", "12-28 00:00"]),
        ("cron(0 0 ? * 6#3 *)", ["12-18 00:00", "01-15 00:00"]),
        ("cron(0 0 ? * FRIL *)", ["11-27 00:00", "12-25 00:00"]),
        ("cron(0 9 ? * SUN 2026)", ["11-29 09:00", "12-06 09:00"]),
    ],
)
def test_the_next_times(expression: str, expected: list[str]) -> None:
    schedule, time = schedules.parse(expression), START.timestamp()
    for each in expected:
        due = schedule.after(time, START.timestamp())
        assert due
        assert f"{datetime.fromtimestamp(due, UTC):%m-%d %H:%M}" == each
        time = due


def test_a_schedule_may_be_over() -> None:
    assert schedules.parse("cron(0 0 1 1 ? 2020)").after(START.timestamp(), 0) is None
    assert schedules.parse("cron(0 0 31 2 ? *)").after(START.timestamp(), 0) is None


@pytest.mark.parametrize(
    "expression",
    [
        *("rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "rate(5 weeks)", "rate(-1 day)"),
        *("cron(0 12 * * * *)", "cron(0 12 ? * ? *)", "cron(60 12 * * ? *)", "cron(0 12 * * ?)"),
        *("cron(0 22-4 * * ? *)", "cron(50-10 * * * ? *)", "cron(0 12 * * ? 2030-2025)"),
        *("cron(0 12 ? * FOO *)", "cron(0 12 ? * 2#6 *)", "0 12 * * ? *", ""),
    ],
)
def test_what_is_no_schedule(expression: str) -> None:
    with pytest.raises(schedules.ScheduleError):
        schedules.parse(expression)


def test_a_leap_in_time_over_several_times_is_one_call() -> None:
    scheduler, calls, called = Scheduler(), list[float](), threading.Event()

    def call() -> None:
        calls.append(clock.now())
        called.set()

    scheduler.start()
    scheduler.plan("hourly", schedules.parse("rate(1 hour)"), call)
    for number in (1, 2):
        clock.forward(5 * 3600)
        assert called.wait(10)
        called.clear()
        assert len(calls) == number
    scheduler.forget("hourly")
    clock.forward(5 * 3600)
    assert not called.wait(0.1)
    scheduler.stop()


def test_a_call_that_fails_keeps_no_other_from_being_made(
    capfd: pytest.CaptureFixture[str],
) -> None:
    scheduler, called = Scheduler(), threading.Event()

    def fail() -> None:
        raise ValueError("this one fails")

    scheduler.plan("first", schedules.parse("rate(1 hour)"), fail)
    scheduler.plan("second", schedules.parse("rate(1 hour)"), called.set)
    clock.forward(3600)
    scheduler.step()
    assert called.is_set()
    assert "this one fails" in capfd.readouterr().err
