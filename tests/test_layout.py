"""How the modules lie: what is public is said, and no file needs itself through others."""

import ast
import importlib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
HELPERS = PROJECT / "helpers"
PUBLIC = sorted(
    path.relative_to(PROJECT).with_suffix("").as_posix().removesuffix("/__init__").replace("/", ".")
    for path in (*HELPERS.glob("[!_]*.py"), *HELPERS.glob("[!_]*/__init__.py"))
)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_module_names_all_that_it_offers(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__file__
    body = ast.parse(Path(module.__file__).read_text("utf-8")).body
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert all(hasattr(module, offered) for offered in module.__all__)
    assert {each for each in defined if not each.startswith("_")} <= set(module.__all__)
