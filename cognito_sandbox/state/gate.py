"""Where calls pass in a sandbox that keeps its state: some are refused, others are a change."""

from collections.abc import Callable
from wsgiref.types import WSGIEnvironment

from cognito_sandbox.door.refusals import Answer, RefusedError
from cognito_sandbox.rights import requests
from cognito_sandbox.state import keepable
from cognito_sandbox.state.keeper import Keeper


class Gate:
    """Refuses by name what could not be saved, and tells the keeper of the rest."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def answer(
        self, environ: WSGIEnvironment, body: bytes, service: str, go_on: Callable[[], Answer]
    ) -> Answer:
        operation = requests.operation(environ, body, service)
        refusal = keepable.refusal(service, operation) if service else None
        if refusal:
            raise RefusedError("400 Bad Request", "UnsupportedOperationException", refusal)
        if keepable.only_looks(operation):
            return go_on()
        with self._keeper.change():
            return go_on()
