"""What a test may get wrong, in words."""


class TestingError(Exception):
    """What was asked for cannot be; the message says why, and what to do."""

    __test__ = False  # no test for pytest to collect


class HandlerError(TestingError):
    """The handler's code cannot be loaded; the message ends with its traceback."""


class DeploymentError(TestingError):
    """The stack cannot be made, or changed, as its template says; the message tells the reason."""
