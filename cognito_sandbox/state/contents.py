"""What a sandbox holds, as JSON, and back: moto's backends, and what is remembered beside them."""

from cognito_sandbox import clock, lasting
from cognito_sandbox.state.kinds import BrokenError, Json
from cognito_sandbox.state.reader import Reader
from cognito_sandbox.state.writer import Writer
from cognito_sandbox.store import backends, user_pools


def prepare() -> None:
    """Compute what may be computed while others go on: what users have in place of passwords."""
    for pool in backends.user_pools():
        for user in list(pool.users.values()):
            _ = user.verifier and user.verifier.value


def take() -> Json:
    """All of it, as it is at this moment."""
    writer = Writer({id(value): name for name, value in backends.by_name().items()})
    kept = {name: writer.write(content) for name, content in backends.contents()}
    beside = {name: writer.write(content) for name, content in lasting.contents().items()}
    return {"backends": kept, "beside": beside, "ahead": clock.ahead(), "rows": writer.rows}


def put_back(state: Json) -> None:
    """Into a sandbox that holds nothing yet."""
    try:
        backends.make_ready(state["backends"])
        reader = Reader(state["rows"], backends.by_name())
        for name, content in state["backends"].items():
            backends.fill(name, reader.read(content))
        for name, content in state["beside"].items():
            lasting.add(name, reader.read(content))
        clock.forward(state["ahead"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BrokenError(f"{type(error).__name__}: {error}") from None
    user_pools.take_in(backends.user_pools())
