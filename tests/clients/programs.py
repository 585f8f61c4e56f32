"""A client library of JavaScript, driven call by call: in Node, or on a page in Chromium."""

import functools
import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext

FOLDER = Path(__file__).parent
MISSING = "There is no Node here. On Debian: sudo apt install nodejs npm. Then: make test-clients"
Program = Callable[..., Any]  # the call's name and what it gets; what it yields


class ClientError(Exception):
    """What a library raised: the name of the error, and its message."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


def told(answer: dict[str, Any]) -> Any:
    if "error" in answer:
        raise ClientError(answer["error"], answer["message"])
    return answer["result"]


def is_installed() -> bool:
    return bool(shutil.which("node")) and (FOLDER / "node_modules").is_dir()


@contextmanager
def in_node(library: str) -> Iterator[Program]:
    """The library in a process of its own."""
    process = subprocess.Popen(
        ["node", "driver.js", f"./{library}.js"],
        cwd=FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    asked, heard = process.stdin, process.stdout

    def call(name: str, *given: object) -> Any:
        asked.write(json.dumps([name, *given]) + "\n")
        asked.flush()
        return told(json.loads(heard.readline()))

    yield call
    process.communicate()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def served() -> Iterator[str]:
    """The page's address; it has another origin than the sandbox."""
    handler = functools.partial(Quiet, directory=str(FOLDER))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://localhost:{server.server_port}/page.html"
        server.shutdown()


CALL = """async (given) => {
  try { return { result: (await client.call(...given)) ?? null } }
  catch (error) { return { error: error.name, message: error.message } }
}"""


@contextmanager
def on_a_page(browser: BrowserContext, address: str) -> Iterator[Program]:
    """Amplify as a browser loads it."""
    page = browser.new_page()
    page.goto(address)
    yield lambda *given: told(page.evaluate(CALL, list(given)))
    page.evaluate("localStorage.clear()")
    page.close()
