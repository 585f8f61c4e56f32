"""Schedules at work: each is called when its time has come. (events contract 7.2)"""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from cognito_sandbox import clock
from cognito_sandbox.events.poller import Poller
from cognito_sandbox.events.schedules import Schedule


@dataclass
class Plan:
    """A schedule, and what it calls. A leap in time over several of its times calls it once."""

    schedule: Schedule
    call: Callable[[], None]
    start: float
    due: float | None


class Scheduler(Poller):
    """Sleeps until the next plan is due."""

    def __init__(self) -> None:
        super().__init__()
        self._plans: dict[str, Plan] = {}
        self._lock = threading.Lock()

    def plan(self, name: str, schedule: Schedule, call: Callable[[], None]) -> None:
        """From now on, call this by the schedule."""
        now = clock.waiting_now()
        planned = Plan(schedule, call, now, schedule.after(now, now))
        with self._lock:
            self._plans[name] = planned
        self.wake()

    def forget(self, name: str) -> None:
        with self._lock:
            self._plans.pop(name, None)

    def step(self) -> float | None:
        now = clock.waiting_now()
        with self._lock:
            due = [plan for plan in self._plans.values() if plan.due and plan.due <= now]
            for plan in due:
                plan.due = plan.schedule.after(now, plan.start)
            times = [plan.due for plan in self._plans.values() if plan.due]
        for plan in due:
            _call(plan)
        return min(times, default=None)


def _call(plan: Plan) -> None:
    """One that fails keeps no other from being called."""
    try:
        plan.call()
    except Exception:
        traceback.print_exc()


_scheduler = Scheduler()
start, plan, forget = _scheduler.start, _scheduler.plan, _scheduler.forget
