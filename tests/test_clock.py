"""The sandbox's time: moved forward, waited for, hurried."""

import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Iterator

import pytest
from harness import Aws

from cognito_sandbox import READY, clock


@pytest.fixture(autouse=True)
def usual_speed() -> Iterator[None]:
    yield
    clock.hurry(1)


def waiting(
    seconds: float, stop: threading.Event | None = None
) -> tuple[threading.Thread, list[bool]]:
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(clock.wait(seconds, stop)))
    thread.start()
    time.sleep(0.05)
    return thread, ended


def test_moving_the_time_moves_what_expires() -> None:
    before = clock.now()
    clock.forward(3600)
    assert 3600 <= clock.now() - before < 3610


def test_moving_the_time_ends_a_wait_of_as_long() -> None:
    short, _ = waiting(60)
    long, ended = waiting(7200)
    clock.forward(120)
    short.join(5)
    assert not short.is_alive()
    assert not ended
    clock.forward(7200)
    long.join(5)
    assert ended == [True]


def test_waits_pass_faster_when_asked_and_the_time_does_not() -> None:
    thread, ended = waiting(60)
    before = clock.now()
    clock.hurry(1000)
    thread.join(5)
    assert ended == [True]
    assert clock.now() - before < 5


def test_a_short_wait_takes_as_long_as_it_says() -> None:
    started = time.monotonic()
    assert clock.wait(0.1)
    assert 0.1 <= time.monotonic() - started < 2


def test_who_waits_can_be_told_to_stop() -> None:
    stop = threading.Event()
    thread, ended = waiting(60, stop)
    clock.wake(stop)
    thread.join(5)
    assert ended == [False]


def test_the_time_goes_neither_back_nor_more_slowly() -> None:
    with pytest.raises(ValueError, match="forward only"):
        clock.forward(-1)
    with pytest.raises(ValueError, match="never more slowly"):
        clock.hurry(0.5)
    with pytest.raises(ValueError, match="forward only"):
        clock.forward(float("nan"))
    for seconds in (10**12, float("inf")):
        with pytest.raises(ValueError, match="a hundred years ahead at most"):
            clock.forward(seconds)


def test_what_was_shortened_is_said_in_the_log() -> None:
    command = [sys.executable, "-m", "cognito_sandbox", "--port", "0", "--speed", "60"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout
        endpoint = process.stdout.readline().removeprefix(READY).strip()
        for wish in ({"forward": 5}, {"speed": 20}):
            Aws(endpoint).post("/_sandbox/clock", wish)
        process.terminate()
        _, told = process.communicate()
    assert "Waits pass 60 times faster than in AWS.\n" in told
    assert "Asked for {'forward': 5}, the clock says " in told
    (hurried,) = (line for line in told.splitlines() if line.startswith("Asked for {'speed': 20}"))
    assert "'speed': 20.0" in hurried.partition("the clock says")[2]


def test_what_the_clock_does_not_know_is_refused(aws: Aws) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        aws.post("/_sandbox/clock", {"ahead": 5})
    told = raised.value.read().decode()
    assert (raised.value.code, "forward and speed, not ahead" in told) == (400, True)


@pytest.mark.parametrize("speed", [0, "fast"])
def test_a_wish_that_is_refused_changes_nothing(aws: Aws, speed: object) -> None:
    before = aws.get("/_sandbox/clock")
    with pytest.raises(urllib.error.HTTPError):
        aws.post("/_sandbox/clock", {"forward": 3600, "speed": speed})
    assert aws.get("/_sandbox/clock")["ahead"] == before["ahead"]
