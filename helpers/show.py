"""What a notebook shows beside tables: a handler's source, and errors that are meant to happen."""

from collections.abc import Iterator
from contextlib import contextmanager

from helpers.errors import HelpersError, NothingWentWrongError


@contextmanager
def expect(code: str) -> Iterator[None]:
    """Run what must be refused, and show the refusal in a line; being let through is the error.

    >>> with expect("NotAuthorizedException"):
    ...     cognito.sign_in(client_id, "ann", "wrong")
    As expected, NotAuthorizedException: Incorrect username or password.
    """
    try:
        yield
    except HelpersError as error:
        if getattr(error, "code", type(error).__name__) != code:
            raise
        print("As expected,", str(error) if hasattr(error, "code") else f"{code}: {error}")
    else:
        raise NothingWentWrongError(
            f"This should have ended in {code}, but went through. Was an earlier cell left out? "
            "Run the notebook from the top."
        )


class Source:
    """Python code, in colours where the page can do that."""

    def __init__(self, code: str) -> None:
        self.code = code.strip("\n")

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.code}\n```"

    def __repr__(self) -> str:
        return self.code
