"""Many clients at once: nobody is lost or doubled, no log line is missing, memory stays flat.

python tests/stress/load.py --seconds 60 --clients 32
python tests/stress/load.py --migrate 5000
"""

import argparse
import os
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from botocore.config import Config

from cognito_sandbox.lambdas.processes import children
from cognito_sandbox.patches.limits import EVENTS
from helpers import cloud, cognito, known_users, logs, mail, stack, triggers
from helpers._inner import log_lines

PASSWORD = "Correct-horse-1"
FUNCTIONS = {"PreSignUp": "AutoConfirm", "UserMigration": "MigrateUser"}
FUNCTIONS["PostAuthentication"] = "ActivityLog"
LINES = {"AutoConfirm": 6, "MigrateUser": 6, "ActivityLog": 5}  # of one invocation
NAME = re.compile(r'(?:for user |"userName": ")([\w-]+)')
USER, SIGN_IN = 10.0, 6.0  # KB that they may take, with their records, mail and log lines
SLACK = 8192.0
PAGE = os.sysconf("SC_PAGE_SIZE") // 1024


@dataclass
class Person:
    """A known user, and what should have become of it."""

    name: str
    migrated: bool
    status: str = ""
    sign_ins: int = 0

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"


@dataclass
class Memory:
    """The resident KB of the sandbox's processes, and what the kept things may take of it."""

    server: float
    fork_server: float
    worker: float  # the largest
    workers: int
    kept: float


class NotedError(Exception):
    """A request went wrong; what it was is on the list."""


def resident(process: int) -> float:
    return float(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE


class Load:
    """Clients of one pool, what they did, and what went wrong."""

    def __init__(self, clients: int) -> None:
        cloud.connect("sandbox")
        self.clients, self.outputs = clients, stack.deploy()
        for trigger, function in FUNCTIONS.items():
            arn = self.outputs[f"{function}FunctionArn"]
            triggers.set_trigger(self.outputs["UserPoolId"], trigger, arn)
        self.api = self._api()
        self.reset_required = self.api.exceptions.PasswordResetRequiredException
        self.people: list[Person] = []
        self.took: defaultdict[str, list[float]] = defaultdict(list)
        self.wrong: defaultdict[str, list[str]] = defaultdict(list)
        self.memory: list[Memory] = []

    def _api(self) -> Any:
        place = cloud.current()
        config = Config(max_pool_connections=self.clients, retries={"total_max_attempts": 1})
        return place.session.client("cognito-idp", endpoint_url=place.endpoint, config=config)

    @contextmanager
    def request(self, kind: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        except Exception as error:
            self.wrong[kind].append(repr(error))
            raise NotedError from error
        self.took[kind].append(time.perf_counter() - start)

    def known(self, *names: str, migrated: bool) -> list[Person]:
        people = [Person(name, migrated) for name in names]
        rows = [{"UserEmail": each.email, "UserName": each.name} for each in people]
        with self.request("known user"):
            known_users.fill(self.outputs["TableName"], rows)
        self.people += people
        return people

    def _named(self, person: Person) -> dict[str, str]:
        return {"ClientId": self.outputs["UserPoolClientId"], "Username": person.name}

    def _initiate(self, person: Person) -> Any:
        return self.api.initiate_auth(
            ClientId=self.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": person.name, "PASSWORD": PASSWORD},
        )

    def sign_up(self, person: Person) -> None:
        attributes = [{"Name": "email", "Value": person.email}]
        with self.request("sign up"):
            answer = self.api.sign_up(
                **self._named(person), Password=PASSWORD, UserAttributes=attributes
            )
            assert answer["UserConfirmed"]
        person.status = "CONFIRMED"

    def sign_in(self, person: Person) -> None:
        with self.request("sign in"):
            assert self._initiate(person)["AuthenticationResult"]["AccessToken"]
        person.sign_ins += 1

    def migrate(self, person: Person) -> None:
        with self.request("migrate"), suppress(self.reset_required):
            self._initiate(person)
            raise AssertionError(f"{person} needed no new password")
        person.status = "RESET_REQUIRED"

    def reset(self, person: Person) -> None:
        with self.request("forgot password"):
            self.api.forgot_password(**self._named(person))
        with self.request("new password"):
            code = mail.code(self.outputs["UserPoolId"], person.name)
            self.api.confirm_forgot_password(
                **self._named(person), ConfirmationCode=code, Password=PASSWORD
            )
        person.status = "CONFIRMED"

    def client(self, number: int, deadline: float) -> None:
        """Again and again, sign a user up, migrate another, and sign some of the own in."""
        own: list[Person] = []
        while time.monotonic() < deadline:
            with suppress(NotedError):
                (new,) = self.known(f"new-{number}-{len(own)}", migrated=False)
                (old,) = self.known(f"old-{number}-{len(own)}", migrated=True)
                own += [new, old]
                self.sign_up(new)
                self.migrate(old)
                self.reset(old)
                for person in [new, old, *random.choices(own, k=3)]:
                    self.sign_in(person)

    def read_logs(self, deadline: float) -> None:
        """Somebody who looks at the logs meanwhile."""
        while time.monotonic() < deadline:
            with suppress(NotedError), self.request("read logs"):
                logs.latest(self.outputs["ActivityLogFunction"])
            time.sleep(0.5)

    def measure(self) -> None:
        """Linux only."""
        if not Path("/proc/self/statm").exists():
            return
        (server,) = children(os.getpid())
        (fork_server,) = children(server)
        workers = [resident(worker) for worker in children(fork_server)]
        kept = USER * sum(bool(each.status) for each in list(self.people))
        kept += SIGN_IN * len(self.took["sign in"])
        sizes = resident(server), resident(fork_server), max(workers)
        self.memory.append(Memory(*sizes, len(workers), kept))

    def run(self, seconds: float) -> None:
        """Warm up, then measure at the start, at half time, and at the end."""
        start = time.monotonic()
        with ThreadPoolExecutor(self.clients + 1) as threads:
            end = start + 1.25 * seconds
            busy = [threads.submit(self.client, number, end) for number in range(self.clients)]
            busy.append(threads.submit(self.read_logs, end))
            for moment in (0.25, 0.75, 1.25):
                time.sleep(max(0.0, start + moment * seconds - time.monotonic()))
                self.measure()
            for each in busy:
                each.result()

    def migrate_many(self, count: int) -> None:
        """Only migrate, and measure after a tenth, the half and all of it."""
        people = self.known(*(f"known-{number}" for number in range(count)), migrated=True)
        parts = people[: count // 10], people[count // 10 : count // 2], people[count // 2 :]
        with ThreadPoolExecutor(self.clients) as threads:
            for part in parts:
                for done in [threads.submit(self.migrate, person) for person in part]:
                    with suppress(NotedError):
                        done.result()
                self.measure()


def check_users(load: Load) -> Iterator[str]:
    """Everybody is there, once, and as they should be."""
    found = Counter((u.username, u.status) for u in cognito.list_users(load.outputs["UserPoolId"]))
    wanted = Counter((person.name, person.status) for person in load.people)
    yield from different("user", found, wanted)


def check_records(load: Load) -> Iterator[str]:
    """Who signed in has a record of that, and nobody else has."""
    rows = known_users.table(load.outputs["TableName"])
    rows = rows[rows["LastLogin.UserPoolId"] == load.outputs["UserPoolId"]]
    wanted = Counter(person.name for person in load.people if person.sign_ins)
    yield from different("activity record", Counter(rows["UserName"]), wanted)


def check_logs(load: Load) -> Iterator[str]:
    """Each invocation has all its lines, once; the oldest may have been forgotten."""
    for function, lines in LINES.items():
        wanted = Counter(invoked(load, function))
        found: Counter[str] = Counter()
        for run in runs_of(load.outputs[f"{function}Function"]):
            own = [line for line in run if not line.startswith("INIT_START")]
            names = {name for line in own for name in NAME.findall(line)}
            if len(own) != lines or len(names) != 1:
                yield f"{function}: an invocation with other lines: {own}"
            found.update(names)
        if wanted.total() * (lines + 1) <= EVENTS:
            yield from different(f"invocation of {function}", found, wanted)
        elif found - wanted or (found.total() + 1) * (lines + 1) < EVENTS:
            yield f"{function}: {found.total()} of {wanted.total()} invocations in the log"


def invoked(load: Load, function: str) -> list[str]:
    """The users for whom a function should have run, each as often as it should."""
    if function == "ActivityLog":
        return [each.name for each in load.people for _ in range(each.sign_ins)]
    return [each.name for each in load.people if each.migrated or function == "AutoConfirm"]


def runs_of(function: str) -> Iterator[list[str]]:
    """The lines of each invocation."""
    pages = cloud.client("logs").get_paginator("filter_log_events")
    streams: defaultdict[str, list[Any]] = defaultdict(list)
    for page in pages.paginate(logGroupName=logs.group(function)):
        for event in page["events"]:
            streams[event["logStreamName"]].append(event)
    for events in streams.values():
        for run in log_lines.runs(events):
            yield [event["message"] for event in run]


def check_memory(load: Load) -> Iterator[str]:
    """Nothing grows but by what is to be kept."""
    if not load.memory:
        return
    start, _, end = load.memory
    grown, allowed = end.server - start.server, end.kept - start.kept + SLACK
    if grown > allowed:
        yield f"the server grew by {grown:.0f} KB, where {allowed:.0f} were allowed"
    for name in ("fork_server", "worker"):
        grown = getattr(end, name) - getattr(start, name)
        if grown > SLACK / 2:
            yield f"a {name} grew by {grown:.0f} KB"


def different(kind: str, found: Counter[Any], wanted: Counter[Any]) -> Iterator[str]:
    for problem, which in (("missing", wanted - found), ("too many", found - wanted)):
        if which:
            yield f"{kind} {problem}: {which.total()}, such as {next(iter(which))}"


def show(load: Load, seconds: float) -> None:
    print(f"{'':<18}{'number':>8}{'/s':>8}{'median':>8}{'worst':>8} ms  errors")
    for kind in sorted(load.took.keys() | load.wrong.keys()):
        took = load.took[kind] or [0.0]
        times = "".join(f"{1000 * value:>8.0f}" for value in (median(took), max(took)))
        rate = len(load.took[kind]) / seconds
        print(f"{kind:<18}{len(load.took[kind]):>8}{rate:>8.1f}{times}     {len(load.wrong[kind])}")
    print(f"\n{'resident MB':<18}{'start':>8}{'half':>8}{'end':>8}")
    for name in ("server", "fork_server", "worker"):
        sizes = [getattr(memory, name) / 1024 for memory in load.memory]
        print(f"{name:<18}" + "".join(f"{size:>8.1f}" for size in sizes))
    print(f"{'workers':<18}" + "".join(f"{memory.workers:>8}" for memory in load.memory))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--migrate", type=int, help="only migrate so many known users")
    options = parser.parse_args()
    load, start = Load(options.clients), time.monotonic()
    if options.migrate:
        load.migrate_many(options.migrate)
    else:
        load.run(options.seconds)
    show(load, time.monotonic() - start)
    problems = [f"{kind}: {each}" for kind, wrong in load.wrong.items() for each in wrong[:3]]
    for check in (check_users, check_records, check_logs, check_memory):
        problems += check(load)
    print("\n".join(problems) or "All there, once; memory is flat.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
