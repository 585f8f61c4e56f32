"""Importing what changes moto changes nothing: only install() does."""

import json
import subprocess
import sys
from typing import Any

OURS = """
import json
import pkgutil
import sys
from importlib import import_module
from types import ModuleType

import cognito_sandbox.patches
import cognito_sandbox.store

OURS = [
    f"{package.__name__}.{each.name}"
    for package in (cognito_sandbox.patches, cognito_sandbox.store)
    for each in pkgutil.iter_modules(package.__path__)
]


def load(names):
    return [import_module(name) for name in names]


def is_others(name):
    return name.split(".")[0] in ("boto3", "botocore", "flask", "moto", "werkzeug")
"""
WHAT_THEY_LOAD = """
load(OURS)
print(json.dumps(list(filter(is_others, sys.modules))))
"""
WHAT_THEY_CHANGE = """
def faces():
    \"\"\"What each name of the others' modules and classes is, and how much it holds.\"\"\"
    modules = {name: module for name, module in sys.modules.items() if is_others(name)}
    classes = {
        f"{value.__module__}:{value.__qualname__}": value
        for module in modules.values()
        for value in vars(module).values()
        if isinstance(value, type) and is_others(value.__module__)
    }
    return {
        f"{owner}.{name}": (id(value), len(value) if isinstance(value, dict | list | set) else 0)
        for owner, thing in (modules | classes).items()
        for name, value in vars(thing).items()
        if not isinstance(value, ModuleType) and not name.startswith("_abc_")
    }


def changed(act):
    before = faces()
    act()
    after = faces()
    return sorted({name for name, _ in before.items() ^ after.items()})


load(json.loads(sys.argv[1]))
by_import = changed(lambda: load(OURS))
by_install = changed(sys.modules["cognito_sandbox.patches.topics"].install)
print(json.dumps([len(OURS), by_import, by_install]))
"""


def told(code: str, *words: str) -> Any:
    command = [sys.executable, "-c", OURS + code, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)


def test_what_is_imported_changes_nothing_until_it_is_installed() -> None:
    loaded = json.dumps(told(WHAT_THEY_LOAD))
    imported, by_import, by_install = told(WHAT_THEY_CHANGE, loaded)
    assert imported > 60
    assert [name for name in by_import if not name.endswith(".model_data")] == []  # moto's own list
    assert "moto.sns.models:Topic.publish" in by_install
