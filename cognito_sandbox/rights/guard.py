"""The guard at the door: lets a call through if its caller's policies allow it, and notes it."""

import json
import re
from collections.abc import Callable
from wsgiref.types import WSGIEnvironment

from cognito_sandbox.door.refusals import Answer
from cognito_sandbox.iam import calls, sessions, trust
from cognito_sandbox.iam.conditions import UnsureError
from cognito_sandbox.iam.needs import Call, Need, prefixed
from cognito_sandbox.iam.principals import Principal
from cognito_sandbox.rights import refusals, requests
from cognito_sandbox.rights.allowed import why_not
from cognito_sandbox.rights.resources import needs
from cognito_sandbox.store import identities

ACCESS_KEY = re.compile(rb"<AccessKeyId>([^<]+)</AccessKeyId>")
CODE = re.compile(rb"<Code>([^<]+)</Code>")


class Guard:
    """Functions are held to their role; users and roles too, if that was asked for."""

    def __init__(self, hold_everybody: bool = False) -> None:
        self.hold_everybody = hold_everybody
        self._held: set[str] = set()  # keys of roles that somebody who is held has assumed

    def answer(self, environ: WSGIEnvironment, body: bytes, go_on: Callable[[], Answer]) -> Answer:
        """Answer a request that is refused, have others answered, and note a function's."""
        scope = requests.scope(environ)
        principal = self._principal(scope.access_key) if scope else None
        if scope is None or principal is None:
            return go_on()
        call = requests.call(environ, body, scope, principal.account)
        wanted = needs(call) if call and call.operation else []
        note = _Note(principal, scope.service, call, wanted)
        refused = _refused(principal, scope, environ, call, wanted)
        if refused:
            note.end(refused.code)
            return Answer(refused.status, refused.headers, refused.content)
        given = note.watch(go_on)
        if scope.service == "sts":
            self._held.update(key.decode() for key in ACCESS_KEY.findall(given.content))
        return given

    def _principal(self, access_key: str) -> Principal | None:
        session = sessions.find(access_key)
        if session:
            return identities.of_session(session)
        held = self.hold_everybody or access_key in self._held
        return identities.of_key(access_key) if held else None


def _refused(
    principal: Principal,
    scope: requests.Scope,
    environ: WSGIEnvironment,
    call: Call | None,
    wanted: list[Need],
) -> refusals.Refusal | None:
    protocol = requests.protocol(environ, scope.service)
    if not wanted:
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} of {scope.service}"
        text = f"The sandbox does not know which action {asked} is, so it cannot tell whether "
        return refusals.not_here(scope.service, protocol, f"{text}{principal.arn} may do it.")
    for need in wanted:
        try:
            message = why_not(principal, need, scope.region, scope.service)
            if call and not message and need.action == trust.ACTION:
                message = identities.distrust(principal, call)
        except UnsureError as doubt:
            text = f"The sandbox cannot tell whether {principal.arn} may {need.action}: {doubt}."
            return refusals.not_here(scope.service, protocol, text)
        if message:
            return refusals.denied(scope.service, protocol, message)
    return None


class _Note:
    """What will be kept of a function's call, once it is known how it ended."""

    def __init__(
        self, principal: Principal, service: str, call: Call | None, wanted: list[Need]
    ) -> None:
        self.session, self.started = principal.session, calls.now()
        self.service = prefixed(call).partition(":")[0] if call else service
        self.request_id = self.session.request_id if self.session else None
        self.actions = ", ".join(dict.fromkeys(need.action for need in wanted))
        arns = (need.resources[0] if need.resources else "?" for need in wanted)
        self.resources = ", ".join(dict.fromkeys(arns))

    def end(self, outcome: str) -> None:
        if self.session:
            fields = (self.service, self.actions, self.resources, outcome)
            made = calls.Made(self.started, self.session.function, self.request_id, *fields)
            calls.add(made)

    def watch(self, go_on: Callable[[], Answer]) -> Answer:
        given = go_on()
        ok = given.status < "4"
        self.end("ok" if ok else _code(given.status, dict(given.headers), given.content))
        return given


def _code(status: str, headers: dict[str, str], content: bytes) -> str:
    """The error's code, as the service's protocol has it."""
    named = {name.lower(): value for name, value in headers.items()}
    kind = named.get("x-amzn-query-error") or named.get("x-amzn-errortype")
    if not kind:
        xml = CODE.search(content)
        kind = xml[1].decode() if xml else _json_code(content) or status.partition(" ")[0]
    return re.split("[;:]", kind.rpartition("#")[2])[0]


def _json_code(content: bytes) -> str:
    try:
        parsed = json.loads(content)
    except ValueError:
        return ""
    return str(parsed.get("__type", "")) if isinstance(parsed, dict) else ""
