"""The sandbox's front door: who may come in, and who answers which request."""

import gc
import io
import json
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from cognito_sandbox import READY, mailbox
from cognito_sandbox.iam import calls
from cognito_sandbox.lambdas import processes
from cognito_sandbox.lambdas.environments import Environments
from cognito_sandbox.lambdas.fork_client import Forks
from cognito_sandbox.patches import loading
from cognito_sandbox.store import needs

if TYPE_CHECKING:
    from cognito_sandbox.iam.guard import Guard

StartResponse = Callable[..., Any]
FORBIDDEN = json.dumps({"message": "The sandbox answers requests from this machine only."})
COGNITO = "AWSCognitoIdentityProviderService."


def serve(listener: socket.socket, enforce_iam: bool = False, skip_unknown: bool = False) -> None:
    """Serve until the process is told to end."""
    gc.disable()  # until all is loaded, there is little garbage, and much to look through
    port = listener.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    forks = Forks()
    environments = Environments(forks)
    exit_code = 0
    try:
        processes.adopt_orphans()
        loading.prepare(port)
        from werkzeug.serving import ThreadedWSGIServer

        from cognito_sandbox.iam.guard import Guard
        from cognito_sandbox.patches import functions, identities, indexes, limits, signing_key
        from cognito_sandbox.patches.connections import Handler
        from cognito_sandbox.store import user_pools

        limits.install()
        functions.install(endpoint, environments)
        identities.install()
        indexes.install()
        signing_key.install()
        user_pools.install()
        application = Application(forks, Guard(enforce_iam))
        server = ThreadedWSGIServer("127.0.0.1", port, application, Handler, fd=listener.fileno())
        print(f"{READY}{endpoint}", flush=True)
        threading.Thread(target=application.load_the_rest, args=[skip_unknown], daemon=True).start()
        server.serve_forever()
    except Exception as error:
        print(needs.lacking(error) or traceback.format_exc(), file=sys.stderr)
        exit_code = 1
    finally:
        for told_again in (signal.SIGINT, signal.SIGTERM):
            signal.signal(told_again, signal.SIG_IGN)
        environments.close()
        sys.stdout.flush()
        os._exit(exit_code)  # invocations under way have threads that would be waited for


class Application:
    """Answers what is the sandbox's own, and leaves the rest to moto."""

    def __init__(self, forks: Forks, guard: "Guard") -> None:
        self._forks, self.guard = forks, guard
        self.moto = loading.load_server()
        from cognito_sandbox.cognito import operations

        self.cognito, self._stacks_loaded = operations, threading.Event()

    def load_the_rest(self, skip_unknown: bool) -> None:
        """What takes longest and is not needed at once, in the order in which it will be."""
        try:
            loading.load_cloudformation(skip_unknown)
        finally:
            self._stacks_loaded.set()
            gc.freeze()
            gc.enable()
        self._forks.start()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        body = _body(environ)
        if not _is_local(environ.get("HTTP_HOST", "")) or not _may_ask(environ):
            return _plain(start_response, "403 Forbidden", FORBIDDEN)
        path = environ["PATH_INFO"]
        if path.startswith("/_sandbox/"):
            self._stacks_loaded.wait()
            status = "ready" if self._forks.is_ready else "starting"
            return _own(path, environ, start_response, status)
        return self.guard.answer(environ, body, start_response, self._answer)

    def _answer(
        self, environ: dict[str, Any], body: bytes, start_response: StartResponse
    ) -> Iterable[bytes]:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        operation = self.cognito.find(target.removeprefix(COGNITO))
        if not (target.startswith(COGNITO) and operation):
            return self._ask_moto(environ, start_response)
        status, headers, content = self.cognito.answer(operation, body, _region(environ))
        length = ("Content-Length", str(len(content)))
        start_response(status, [("Content-Type", "application/x-amz-json-1.1"), length, *headers])
        return [content]

    def _ask_moto(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if _scope(environ)[3:4] == ["cloudformation"]:
            self._stacks_loaded.wait()
        try:
            answer: Iterable[bytes] = self.moto(environ, start_response)
            return answer
        except UnicodeDecodeError:
            status, kind = "400 Bad Request", "InvalidRequestContentException"
            message = "The request is not UTF-8 text."
        except NotImplementedError as error:
            status, kind, message = "400 Bad Request", "NotImplementedException", str(error)
        except Exception as error:
            traceback.print_exc()
            status, kind = "500 Internal Server Error", "InternalFailure"
            message = f"The sandbox failed: {error!r}"
        if _scope(environ)[3:4] == ["s3"] or "form" in environ.get("CONTENT_TYPE", ""):
            told = f"<Code>{kind}</Code><Message>{escape(message)}</Message>"
            content = f"<ErrorResponse><Error>{told}</Error></ErrorResponse>"
        else:
            content = json.dumps({"__type": kind, "message": message})
        return _plain(start_response, status, content, [("x-amzn-ErrorType", kind)])


def _body(environ: dict[str, Any]) -> bytes:
    """Read the whole request, whoever will answer it: the connection stays open for the next."""
    length = environ.get("CONTENT_LENGTH") or ""
    size = int(length) if length.isdecimal() else 0
    whole = bool(environ.get("wsgi.input_terminated"))
    body: bytes = environ["wsgi.input"].read(-1 if whole else size)
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _is_local(host: str) -> bool:
    """A page that has its own name point to 127.0.0.1 (DNS rebinding) still sends that name."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return name in ("127.0.0.1", "localhost", "[::1]") or name.endswith(".localhost")


def _may_ask(environ: dict[str, Any]) -> bool:
    origin = environ.get("HTTP_ORIGIN")
    return origin is None or _is_local(origin.partition("://")[2])


def _region(environ: dict[str, Any]) -> str:
    """From the signature; calls that need none name their pool or app client."""
    return (_scope(environ)[2:3] or ["us-east-1"])[0]


def _scope(environ: dict[str, Any]) -> list[str]:
    """The signature's key, day, region and service."""
    signature: str = environ.get("HTTP_AUTHORIZATION", "")
    return signature.partition("Credential=")[2].split("/")


def _own(
    path: str, environ: dict[str, Any], start_response: StartResponse, health: str
) -> list[bytes]:
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    status, content = "200 OK", json.dumps({"status": health})
    if path.startswith("/_sandbox/code/"):
        from cognito_sandbox.patches import function_calls

        code = function_calls.linked(path.rpartition("/")[2])
        if code is not None:
            start_response("200 OK", [("Content-Type", "application/zip")])
            return [code]
        status, content = "404 Not Found", json.dumps({"message": "This link holds no more."})
    elif path == "/_sandbox/mail":
        content = json.dumps(
            mailbox.messages(**{k: query[k] for k in mailbox.FILTERS & query.keys()})
        )
    elif path == "/_sandbox/calls":
        content = json.dumps(calls.made(query.get("function")))
    elif path != "/_sandbox/health":
        status, content = "404 Not Found", json.dumps({"message": f"There is no {path}."})
    return _plain(start_response, status, content)


def _plain(
    start_response: StartResponse,
    status: str,
    content: str,
    headers: Iterable[tuple[str, str]] = (),
) -> list[bytes]:
    encoded = content.encode()
    kind, length = ("Content-Type", "application/json"), ("Content-Length", str(len(encoded)))
    start_response(status, [kind, length, *headers])
    return [encoded]
