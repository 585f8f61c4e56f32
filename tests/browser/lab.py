"""JupyterLab for a reader who has set nothing: own folders, own settings."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat

PROJECT = Path(__file__).parents[2]
LINKED = ["CURES.md", "README.md", "docs/testing.md", "docs/contract/cognito.md"]
LINKED += ["lambda_src", "template.yaml"]
PATIENCE = 120.0  # seconds: on two cores that have work for eight, a start can take over 60
NOTEBOOKS = "@jupyterlab/notebook-extension:tracker"
THEME = "@jupyterlab/apputils-extension:themes"
WIDGETS = "@jupyter-widgets/jupyterlab-manager:plugin"
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
ANSWERS = ("KNOWN_", "USER_", "PASS", "EMAIL", "SEND_", "CODE", "CLEAN_", "AUTHENT")
FROM_OUTSIDE = ("AWS_", "CLOUD_", *ANSWERS)


class Lab:
    """A running JupyterLab, and the copy of the project that it shows."""

    def __init__(self, home: Path) -> None:
        self.home, self.project = home, home / "project"
        self.notebooks = self.project / "notebooks"
        self.originals = shutil.copytree(PROJECT / "notebooks", home / "originals")
        self.notebooks.mkdir(parents=True)
        for name in LINKED:
            original = PROJECT / name
            (self.project / name).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if original.is_dir() else shutil.copy
            copy(original, self.project / name)
        self.url = ""

    def reset(self) -> None:
        """Start over: no kernels, fresh copies of the tutorials, settings that suit a test."""
        for session in self.ask("GET", "sessions"):
            self.ask("DELETE", f"sessions/{session['id']}")
        for folder in (self.notebooks, self.home / "settings"):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.originals, self.notebooks)
        for path in self.notebooks.rglob("*.ipynb"):
            _clear(path)
        self.set(NOTEBOOKS, windowingMode="none")  # all cells are on the page, seen or not

    def set(self, plugin: str, **values: Any) -> None:
        """Change settings, for the pages that are opened from now on."""
        extension, name = plugin.split(":")
        path = self.home / "settings" / extension / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), "utf-8")

    def address(self, name: str, layout: str = "doc") -> str:
        """Where the notebook is opened, alone or (`lab`) with the file browser beside it."""
        return f"{self.url}{layout}/tree/notebooks/{name}.ipynb?reset"

    def original(self, name: str) -> Path:
        """The notebook with what its author saw."""
        return self.originals / f"{name}.ipynb"

    def saved(self, name: str) -> str:
        """The notebook's file, as it is now."""
        return (self.notebooks / f"{name}.ipynb").read_text("utf-8")

    def write(self, name: str, *sources: str) -> None:
        """Make a notebook with these cells."""
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL})
        notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
        nbformat.write(notebook, self.notebooks / f"{name}.ipynb")

    def ask(self, method: str, path: str) -> Any:
        """Call JupyterLab's own interface."""
        request = urllib.request.Request(f"{self.url}api/{path}", method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@contextmanager
def running(home: Path) -> Iterator[Lab]:
    """JupyterLab, as long as it is needed."""
    lab = Lab(home)
    with (home / "lab.log").open("wb") as log:
        process = subprocess.Popen(_command(lab), env=_environment(home), stdout=log, stderr=log)
        try:
            _wait(lab, process)
            lab.reset()
            yield lab
            lab.reset()
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _clear(path: Path) -> None:
    """Take what the author saw out of a notebook: then all that is seen was made just now."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)


def _command(lab: Lab) -> list[str]:
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": "0",
        "ServerApp.root_dir": str(lab.project),
        "ServerApp.disable_check_xsrf": "True",
        "IdentityProvider.token": "",
        # Should the tests be killed, it ends by itself.
        "MappingKernelManager.cull_idle_timeout": "300",
        "ServerApp.shutdown_no_activity_timeout": "300",
        "LabApp.user_settings_dir": str(lab.home / "settings"),
        "LabApp.workspaces_dir": str(lab.home / "workspaces"),
    }
    config = PROJECT / ".jupyter" / "jupyter_lab_config.py"  # as make lab does
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--config={config}"]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    return command + [f"--{name}={value}" for name, value in options.items()]


def _environment(home: Path) -> dict[str, str]:
    """The tester's own, without what would answer for the reader or lead to an account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FROM_OUTSIDE)}
    kinds = ("config", "data", "runtime")
    own = {f"JUPYTER_{kind.upper()}_DIR": str(home / kind) for kind in kinds}
    return kept | own | {"IPYTHONDIR": str(home / "ipython"), "JUPYTER_PREFER_ENV_PATH": "1"}


def _wait(lab: Lab, process: subprocess.Popen[bytes]) -> None:
    """Until it has written down where it is, and answers there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        for told in (lab.home / "runtime").glob("jpserver-*.json"):
            with suppress(ValueError, OSError):
                lab.url = json.loads(told.read_text("utf-8"))["url"]
                lab.ask("GET", "status")
                return
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start; see {lab.home / 'lab.log'}")
