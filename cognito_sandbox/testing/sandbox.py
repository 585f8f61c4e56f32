"""The sandbox of tests: whatever is tried in it is made here."""

from pathlib import Path
from typing import Self
from weakref import WeakValueDictionary

import cognito_sandbox
from cognito_sandbox.testing import pools, stacks
from cognito_sandbox.testing.access import Access
from cognito_sandbox.testing.stacks import Stack
from cognito_sandbox.testing.user_pool import UserPool

__tracebackhide__ = True


class Sandbox(cognito_sandbox.Sandbox, Access):
    """A sandbox for tests, which ends with the `with` block or the process."""

    def __init__(self, folders: list[Path] | None = None) -> None:
        cognito_sandbox.Sandbox.__init__(self)
        Access.__init__(self, folders)
        self.made = WeakValueDictionary[str, UserPool]()  # pools that somebody still has, by ID

    def __enter__(self) -> Self:
        return self

    def user_pool(self, **settings: object) -> UserPool:
        """A new pool with an app client; `settings` are CreateUserPool's and its client's."""
        pool = pools.make(self, settings)
        self.made[pool.id] = pool
        return pool

    def stack(self, template: str | Path, **parameters: str) -> Stack:
        """Deploy a template, with the code that lies beside it."""
        return stacks.deploy(self, template, parameters)
