"""How the modules lie: what is public is said, and no file needs itself through others."""

import ast
import importlib
import re
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import botocore.session
import pytest
from botocore.model import StructureShape

from cognito_sandbox import pool_settings

PROJECT = Path(__file__).parents[1]
HELPERS = PROJECT / "helpers"
RUNS_A_FUNCTION = re.compile(r"\b(triggers\.run|caller\.invoke)\(")
MOST_ANY = 3  # in a hundred lines, those counted that import it
PUBLIC = sorted(
    path.relative_to(PROJECT).with_suffix("").as_posix().removesuffix("/__init__").replace("/", ".")
    for path in (*HELPERS.glob("[!_]*.py"), *HELPERS.glob("[!_]*/*.py"))
    if path.stem != "__main__"
)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_module_names_all_that_it_offers(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__file__
    body = ast.parse(Path(module.__file__).read_text("utf-8")).body
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert all(hasattr(module, offered) for offered in module.__all__)
    assert {each for each in defined if not each.startswith("_")} <= set(module.__all__)


def files(package: str) -> dict[str, Path]:
    """The modules of a package, by their names."""
    return {
        path.relative_to(PROJECT).with_suffix("").as_posix().removesuffix("/__init__"): path
        for path in (PROJECT / package).rglob("*.py")
    }


def needs(path: Path, modules: dict[str, Path]) -> set[str]:
    """The modules that this one imports anywhere in it, for their types alone included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.replace(".", "/") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = (node.module or "").replace(".", "/")
            inner = {alias.name: f"{module}/{alias.name}" for alias in node.names}
            found |= {each if each in modules else module for each in inner.values()}
    return found & modules.keys()


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules that need one another; none, if they can be put in an order."""
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("package", ["helpers", "cognito_sandbox"])
def test_no_file_needs_itself_through_others(package: str) -> None:
    modules = files(package)
    assert not circle({name: needs(path, modules) for name, path in modules.items()})


def test_no_folder_of_the_sandbox_needs_itself_through_others() -> None:
    modules = files("cognito_sandbox")
    needed: dict[str, set[str]] = {}
    for name, path in modules.items():
        above = {folder(each) for each in needs(path, modules)} - {folder(name)}
        needed[folder(name)] = needed.get(folder(name), set()) | above
    assert len(needed) > 10
    assert not circle(needed)


def folder(module: str) -> str:
    """The folder right below the package; files that lie beside the folders are by themselves."""
    parts = module.split("/")
    return "/".join(parts[:2]) if len(parts) > 1 else module


def described(folder: str) -> str:
    """What docs/layout.md says of a folder."""
    rows = (PROJECT / "docs" / "layout.md").read_text("utf-8").splitlines()
    (told,) = [row for row in rows if row.startswith(f"| `{folder}`")]
    return told.removeprefix(f"| `{folder}`")


def test_the_page_names_every_helper() -> None:
    told = set(re.findall(r"`(\w+)/?`", described("helpers/")))
    assert {name.split(".")[1] for name in PUBLIC} == told


def test_the_page_says_which_file_runs_which_trigger() -> None:
    told = dict(re.findall(r"`(\w+\.py)` \(([\w, ]+)\)", described("cognito_sandbox/cognito/")))
    sources = {
        path.name: path.read_text("utf-8")
        for path in (PROJECT / "cognito_sandbox" / "cognito").glob("*.py")
    }
    running = {name for name, code in sources.items() if RUNS_A_FUNCTION.search(code)}
    assert told.keys() == running
    named = {trigger: name for name, triggers in told.items() for trigger in triggers.split(", ")}
    assert named.keys() == {*known_triggers(), *pool_settings.SENDERS}
    assert all(f'"{trigger}' in sources[name] for trigger, name in named.items())


def known_triggers() -> set[str]:
    """AWS's own names of those that a pool may have; a sender's has more to it than a name."""
    model = botocore.session.get_session().get_service_model("cognito-idp")
    config = model.shape_for("LambdaConfigType")
    assert isinstance(config, StructureShape)
    plain = {name for name, shape in config.members.items() if shape.type_name == "string"}
    return plain - {pool_settings.KEY}


def test_a_circle_would_be_found(tmp_path: Path) -> None:
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("def later():\n    from a import other\n")
    other.write_text("import a.one\n")
    modules = {"a/one": one, "a/other": other}
    assert circle({name: needs(path, modules) for name, path in modules.items()})


def only_typed(code: str) -> list[str]:
    """Names that are given a type and a value, just to be returned with the next line."""
    blocks = [
        block
        for node in ast.walk(ast.parse(code))
        for _, block in ast.iter_fields(node)
        if isinstance(block, list)
    ]
    return [
        ast.unparse(first.target)
        for block in blocks
        for first, then in pairwise(block)
        if isinstance(first, ast.AnnAssign)
        and isinstance(then, ast.Return)
        and then.value is not None
        and ast.unparse(then.value) == ast.unparse(first.target)
    ]


@pytest.mark.parametrize("folder", ["cognito_sandbox", "helpers", "lambda_src", "tests"])
def test_no_name_is_there_for_its_type_alone(folder: str) -> None:
    paths = [path for path in (PROJECT / folder).rglob("*.py") if "node_modules" not in path.parts]
    assert paths
    named = {str(path): only_typed(path.read_text("utf-8")) for path in paths}
    assert {path: names for path, names in named.items() if names} == {}


def test_a_name_for_its_type_alone_would_be_found() -> None:
    said = (
        "def loaded():\n    if here:\n        told: dict[str, str] = load()\n        return told\n"
    )
    assert only_typed(said) == ["told"]


def test_the_sandbox_knows_what_its_values_are() -> None:
    lines = [
        line
        for path in (PROJECT / "cognito_sandbox").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
    ]
    anything = sum(len(re.findall(r"\bAny\b", line)) for line in lines)
    assert 0 < 100 * anything / len(lines) < MOST_ANY
