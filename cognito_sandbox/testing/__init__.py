"""Test your own triggers, with pytest (see `cognito_sandbox.pytest_plugin`) or without.

>>> with Sandbox() as sandbox, sandbox.user_pool() as user_pool:
...     trigger = user_pool.trigger("PreSignUp", "src/pre_sign_up.py")
...     user_pool.sign_up("ann", email="ann@example.com")
...     print(trigger.events)
"""

from cognito_sandbox.testing.access import Clock
from cognito_sandbox.testing.errors import DeploymentError, HandlerError, TestingError
from cognito_sandbox.testing.people import Message, SignedIn, SignedUp, User
from cognito_sandbox.testing.sandbox import Sandbox
from cognito_sandbox.testing.stacks import Stack
from cognito_sandbox.testing.triggers import Run, Trigger
from cognito_sandbox.testing.user_pool import UserPool
from cognito_sandbox.trigger_events import sample as cognito_event

__all__ = [
    "Clock",
    "DeploymentError",
    "HandlerError",
    "Message",
    "Run",
    "Sandbox",
    "SignedIn",
    "SignedUp",
    "Stack",
    "TestingError",
    "Trigger",
    "User",
    "UserPool",
    "cognito_event",
]
