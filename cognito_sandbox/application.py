"""Who answers which request: the sandbox itself, or moto. Who may come in is decided in `door/`."""

import gc
import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import WSGIEnvironment

from cognito_sandbox.cognito import operations
from cognito_sandbox.door import (
    addresses,
    admission,
    bodies,
    cors,
    limits,
    own_pages,
    refusals,
    signature,
)
from cognito_sandbox.door.addresses import Address
from cognito_sandbox.door.refusals import Answer, RefusedError, Style
from cognito_sandbox.door.signature import Signature
from cognito_sandbox.events.http import api_requests, entrance
from cognito_sandbox.lambdas.fork_client import Forks
from cognito_sandbox.options import Options
from cognito_sandbox.patches import checks, failures, function_calls, loading
from cognito_sandbox.rights import requests
from cognito_sandbox.rights.guard import Guard
from cognito_sandbox.state.gate import Gate
from cognito_sandbox.store import buckets, needs, regions, signing, user_pools

StartResponse = Callable[..., Any]
COGNITO, TARGET = "cognito-idp", f"{user_pools.TARGET}."
LINKS = f"{own_pages.PREFIX}code/"
MOTO_PAGES = "/moto-api"
LATE = ("apigateway", "cloudformation", "ec2", "kms", "ses")  # whose parts take longest to load
NO_MOTO_PAGES = "moto's pages change what the sandbox holds. To have them: --moto-api"


class Application:
    """Lets requests in, answers what is the sandbox's own, and leaves the rest to moto."""

    def __init__(self, forks: Forks, options: Options, gate: Gate | None = None) -> None:
        self._forks, self._guard = forks, Guard(options.enforce_iam)
        self._moto = loading.load_server()
        self._stacks_loaded, self._stacks_missing = threading.Event(), ""
        self._doorkeeper = admission.Doorkeeper(options.access_key)
        self._options, self._gate = options, gate

    def load_the_rest(self) -> None:
        """What takes longest and is not needed at once, in the order in which it will be."""
        try:
            loading.load_cloudformation(self._options.skip_unknown_resources, bool(self._gate))
        except Exception as error:
            self._stacks_missing = str(needs.lacking(error) or repr(error))
            raise
        finally:
            self._stacks_loaded.set()
            # Else the first callers wait three times for all of this to be looked through: 0.3 s.
            gc.freeze()
            gc.enable()
            self._forks.start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        address = addresses.of(environ)
        answer = _public_answer(address, environ) if address else self._private_answer(environ)
        start_response(answer.status, answer.headers)
        return [answer.content]

    def _private_answer(self, environ: WSGIEnvironment) -> Answer:
        signed, how = Signature(), refusals.style("", environ)
        try:
            admission.check_caller(environ)
            admission.forget_needless_signature(environ)
            signed = signature.read(environ)
            how = refusals.style(signed.service, environ)
            answer = self._answer(environ, signed, how)
        except signature.MalformedError as error:
            answer = refusals.answer(refusals.malformed_signature(str(error), how), how)
        except RefusedError as error:
            answer = refusals.answer(error, how)
        except Exception as error:
            answer = refusals.answer(failures.explain(error, signed.service, how), how)
        if cors.is_page(environ) and not _is_for_a_bucket(environ, signed):
            return answer._replace(headers=answer.headers + cors.headers(environ))
        return answer

    def _answer(self, environ: WSGIEnvironment, signed: Signature, how: Style) -> Answer:
        path = environ["PATH_INFO"]
        if cors.is_preflight(environ):
            return self._permit(environ, signed, how)
        if path.startswith(LINKS):
            return _linked(path.removeprefix(LINKS))
        if path.startswith(own_pages.PREFIX):
            self._doorkeeper.check_own_page(environ)
            if path == own_pages.HEALTH:
                self._await_stacks()
                self._forks.await_first()
            return own_pages.answer(environ, "ready" if self._forks.is_ready else "starting")
        self._doorkeeper.check_key(environ, signed, how)
        if path.startswith(MOTO_PAGES) and not self._options.moto_pages:
            raise RefusedError("404 Not Found", "NotFound", NO_MOTO_PAGES)
        keys = signing.published(path)
        if keys:
            return own_pages.json_answer(keys)
        return self._guarded(environ, signed, how)

    def _guarded(self, environ: WSGIEnvironment, signed: Signature, how: Style) -> Answer:
        """What is not public: as far as its caller may, and while nothing is being saved."""
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        service = COGNITO if target.startswith(TARGET) else signed.service
        if not regions.has(signed.region, service):
            raise signature.MalformedError(f"{signature.NO_REGION}, not '{signed.region}'.")
        body = _read(environ, service)

        def go_on() -> Answer:
            try:
                return self._serve(environ, body, signed, how)
            except RefusedError as error:
                return refusals.answer(error, how)

        def guarded() -> Answer:
            return self._guard.answer(environ, body, go_on)

        return self._gate.answer(environ, body, service, guarded) if self._gate else guarded()

    def _serve(
        self, environ: WSGIEnvironment, body: bytes, signed: Signature, how: Style
    ) -> Answer:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        operation = operations.find(target.removeprefix(TARGET))
        if target.startswith(TARGET) and operation:
            return _cognito_answer(*operations.answer(operation, body, signed.region))
        checks.check(COGNITO if target.startswith(TARGET) else signed.service, environ, body)
        about_apis = None
        if signed.service == "apigateway":
            about_apis = api_requests.answer(environ, body, signed.region)
        answer = about_apis or self._ask_moto(environ, signed, how)
        if signed.service and _is_nowhere(answer):
            asked = requests.operation(environ, body, signed.service)
            raise refusals.not_here(signed.service, asked)
        return answer

    def _await_stacks(self) -> None:
        self._stacks_loaded.wait()
        if self._stacks_missing:
            raise refusals.half_loaded(self._stacks_missing)

    def _permit(self, environ: WSGIEnvironment, signed: Signature, how: Style) -> Answer:
        """A browser asks beforehand, and signs that question never."""
        if _is_for_a_bucket(environ, signed):
            return self._ask_moto(environ, signed, how)
        return Answer("200 OK", cors.permission(), b"")

    def _ask_moto(self, environ: WSGIEnvironment, signed: Signature, how: Style) -> Answer:
        if signed.service in LATE:
            self._await_stacks()
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            started[:] = status, headers

        try:
            content = b"".join(self._moto(environ, start))
        except Exception as error:
            raise failures.explain(error, signed.service, how) from None
        return Answer(started[0], started[1], content)


def _is_nowhere(answer: Answer) -> bool:
    """Is this the page of moto's web server for an address that it has nothing for?"""
    return answer.status.startswith("404") and answer.content.startswith(b"<!doctype html>")


def _public_answer(address: Address, environ: WSGIEnvironment) -> Answer:
    """Of an API or a function URL, which have their own CORS."""
    try:
        admission.check_public_caller(environ)
    except RefusedError as error:
        return refusals.answer(error, Style.JSON)
    try:
        return entrance.answer(address, environ)
    except Exception as error:
        return refusals.answer(failures.explain(error, "", Style.JSON), Style.JSON)


def _read(environ: WSGIEnvironment, service: str) -> bytes:
    try:
        body = bodies.read(environ, limits.of(service, environ))
    except bodies.TooLargeError:
        raise refusals.too_large(service, environ) from None
    except bodies.BrokenError as error:
        raise refusals.broken(str(error)) from None
    is_json = "x-amz-json" in environ.get("CONTENT_TYPE", "") or service == "lambda"
    if is_json and not limits.is_invocation(service, environ):
        body = _checked(body)
        bodies.take(environ, body)
    return body


def _checked(body: bytes) -> bytes:
    try:
        return bodies.checked_json(body)
    except bodies.NoJsonError:
        raise refusals.no_json() from None


def _linked(code: str) -> Answer:
    """A function's code, for whoever was given the link to it."""
    content = function_calls.linked(code)
    if content is None:
        raise RefusedError("404 Not Found", "NotFound", "This link holds no more.")
    return Answer("200 OK", [("Content-Type", "application/zip")], content)


def _cognito_answer(status: str, headers: list[tuple[str, str]], content: bytes) -> Answer:
    return Answer(status, [("Content-Type", "application/x-amz-json-1.1"), *headers], content)


def _is_for_a_bucket(environ: WSGIEnvironment, signed: Signature) -> bool:
    return signed.service == "s3" or (not signed.service and buckets.is_address(environ))
