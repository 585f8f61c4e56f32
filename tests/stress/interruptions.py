"""Interrupt the scenarios at their AWS calls: what is the reader told, and is all well again?

python interruptions.py --rounds 6             a sample: each cell of each scenario, six times
python interruptions.py --all                  each call, in each way; this takes its time
python interruptions.py stack --way throttled  one scenario: the sample, or each call in this way
"""

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import remains
from headless_reader import Reader, scenarios
from interrupter import DEADLY, WAYS, Hit, Interrupter, Point

from helpers import cloud, stack
from helpers._inner import packaging

MILD = tuple(way for way in WAYS if way not in DEADLY)
RARE = 7  # what ends a process is done to one call in so many
SAMPLE = {"stack": 4}  # its few cells make many calls: one of each is too few
THREE = stack.NAME, packaging.TEMPLATE
THEIRS = ("01_auto_confirm", "02_migrate_user", "03_activity_log")
LISTED, UNTOLD = "(a line in the table of the clean-up)", "(nothing: the call was not needed)"


def its_stack(scenario: str) -> tuple[str, Path] | None:
    """The stack of a notebook, 04_second_factor for example, if it has one."""
    folder = scenario.partition("_")[2]
    if scenario in THEIRS:
        return THREE
    return stack.more(folder) if (packaging.MORE / folder / "template.yaml").exists() else None


class Batch:
    """One scenario in a sandbox of its own, interrupted again and again."""

    def __init__(self, scenario: str) -> None:
        self._scenario, self._stack = scenario, its_stack(scenario)
        self._interrupter = Interrupter()
        self._reader = Reader(scenarios()[scenario], self._interrupter)
        self.count, self.problems, self.told = 0, dict[str, list[str]](), Counter[str]()
        self._renew()
        self._begin({})
        assert self._reader.run_all(), self._reader.told
        self.points = list(self._interrupter.calls)

    def _renew(self) -> None:
        """A new sandbox, in which all is as it should be."""
        cloud.current().close()
        cloud.connect().adopt()  # as where a kernel runs
        self._interrupter.watch(cloud.current().session)
        if self._stack:
            stack.deploy(*self._stack)
        self._before = self._state()

    def _begin(self, armed: dict[tuple[int, int], str]) -> None:
        """A kernel as if it were new, whose calls are to go wrong at these points."""
        self._reader.restart()
        cloud.current().__dict__.pop("identity", None)  # so that it is asked for again
        self._interrupter.start(armed)

    def _state(self) -> dict[str, object]:
        if self._scenario == "stack":
            return remains.of_stack()
        if self._stack == THREE:
            return remains.of_notebook()
        return remains.of_more(self._stack and self._stack[0])

    def _left(self) -> list[str]:
        return remains.differences(self._before, self._state())

    def interrupt(self, points: list[Point], ways: list[str], resume: bool = False) -> None:
        """Run it with this happening at these points, then once more: what is wrong then?"""
        self._begin({(p.cell, p.number): way for p, way in zip(points, ways, strict=True)})
        died = "kernel-killed" in ways and self._run_apart()
        done = not died and self._reader.run_all(resume)
        hits = [Hit(points[0], ways[0])] if died else self._interrupter.hits
        self.count += len(hits)
        wrong = [] if died else self._judge(done or not resume)
        self._interrupter.start({})
        if not self._reader.run_all() or self._reader.told:
            wrong += [f"running it again: {each}" for each in self._reader.told]
        wrong += self._left()
        if wrong:
            self.problems["; ".join(map(str, hits))] = wrong
        if wrong or "sandbox-killed" in ways:
            self._renew()

    def _judge(self, done: bool) -> list[str]:
        """What is wrong with what the reader was told."""
        told, listed = self._reader.told, "not removed: " in self._reader.screen
        self.told.update([each.line for each in told] or [LISTED if listed else UNTOLD])
        wrong = [f"told unclearly: {each}" for each in told if not each.is_clear]
        if not done:
            wrong.append(f"running the cell again: {told[-1]}")
        if not (told or listed):
            wrong += [f"without a word, {each}" for each in self._left()]
        return wrong

    def _run_apart(self) -> bool:
        """Run it in a process that is killed on its way; the sandbox goes on, as AWS would."""
        child = os.fork()
        if child == 0:
            place: Any = cloud.current()
            place._sandbox = SimpleNamespace(
                is_alive=True, stop=lambda: None, access_key=place._sandbox.access_key
            )
            place._clients.clear()  # their connections are the parent's
            self._reader.run_all()
            os._exit(0)
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])

    def end(self) -> None:
        """Delete the stack: nothing may be left."""
        stack.delete(*(self._stack or THREE)[:1])
        left = stack.leftovers()
        if not left.empty:
            self.problems["stack.delete()"] = [f"left: {left}"]


def each_call(batch: Batch, way: str) -> None:
    """Each call by itself, in this way."""
    for point in batch.points[:: RARE if way in DEADLY else 1]:
        batch.interrupt([point], [way])


def each_cell(batch: Batch, rounds: int) -> None:
    """All cells in one run, one call in each; the reader runs each again, and goes on."""
    cells = {
        point.cell: [p for p in batch.points if p.cell == point.cell] for point in batch.points
    }
    for turn in range(rounds):
        points = [
            calls[(turn * len(calls) // rounds + cell) % len(calls)]
            for cell, calls in cells.items()
        ]
        ways = [MILD[(turn + number) % len(MILD)] for number in range(len(points))]
        batch.interrupt(points, ways, resume=True)


def run(scenario: str, way: str | None, rounds: int | None) -> int:
    """One batch, and what came of it."""
    start = time.monotonic()
    batch = Batch(scenario)
    each_call(batch, way) if way else each_cell(batch, rounds or SAMPLE.get(scenario, 1))
    batch.end()
    took, wrong = time.monotonic() - start, len(batch.problems)
    print(f"{scenario:<20}{way or 'mixed':<20}{batch.count:5} points {wrong:5} wrong {took:6.0f} s")
    for where, problems in batch.problems.items():
        print(f"    {where}", *problems, sep="\n        ")
    for told, times in batch.told.most_common():
        print(f"    {times:4} times {told}")
    return 1 if batch.problems else 0


def run_many(batches: list[list[str]]) -> int:
    """Two batches at a time, each in a process of its own."""

    def one(options: list[str]) -> int:
        done = subprocess.run([sys.executable, __file__, *options], capture_output=True, text=True)
        print(done.stdout + done.stderr, end="", flush=True)
        return done.returncode

    with ThreadPoolExecutor(2) as threads:
        return max(threads.map(one, batches))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scenario", nargs="?", choices=scenarios())
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--all", action="store_true")
    given = parser.parse_args()
    if given.scenario:
        return run(given.scenario, given.way, given.rounds)
    rounds = given.rounds or (24 if given.all else None)
    mixed = [[name, *(["--rounds", str(rounds)] if rounds else [])] for name in scenarios()]
    each = [[name, "--way", way] for name, way in product(scenarios(), WAYS)]
    return run_many([*each, *mixed] if given.all else mixed)


if __name__ == "__main__":
    sys.exit(main())
