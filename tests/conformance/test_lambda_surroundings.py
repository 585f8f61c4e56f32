"""Contract 10: what functions find around them, and that nothing of it is the reader's."""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from harness import Aws, eventually, zipped

from cognito_sandbox.lambdas import isolation

PROJECT = Path(__file__).parents[2]
WITHOUT_NAMESPACES = (
    *("unshare", "--user", "--map-root-user", "sh", "-c"),
    'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"',
    "-",
)
NAMESPACES = pytest.mark.skipif(
    not isolation.is_possible(Path("/var/tmp"), [boto3.__file__]),
    reason="no namespaces here, or an environment under /tmp, which functions have anew",
)
OPT = pytest.mark.skipif(
    not isolation.can_show_layers(Path("/var/tmp")),
    reason="Python itself lies in /opt, or there is none",
)
WRITE = """
import json
import os
def handler(event, context):
    for name in ("index.py", "new.py"):
        try:
            os.chmod(".", 0o777)
            with open(name, "w") as file:
                file.write("def handler(event, context): return 'rewritten'")
        except OSError:
            continue
    return "as published"
"""


@contextmanager
def served(*before: str) -> Iterator[Aws]:
    """A sandbox that was started by hand."""
    command = [*before, sys.executable, "-m", "cognito_sandbox"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        line = process.stdout.readline()
        yield Aws(line.removeprefix("Sandbox ready at ").strip())
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module", params=["with namespaces", "without"])
def either(request: pytest.FixtureRequest, aws: Aws) -> Iterator[Aws]:
    """The sandbox as it is on this machine, and where the system allows no namespaces."""
    if request.param == "with namespaces":
        yield aws
        return
    if sys.platform != "linux" or subprocess.run([*WITHOUT_NAMESPACES, "true"]).returncode:
        pytest.skip("this machine cannot take namespaces away")
    with served(*WITHOUT_NAMESPACES) as other:
        yield other


@pytest.mark.parametrize(
    "name", ["boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"]
)
def test_what_awss_runtime_brings_can_be_imported(aws: Aws, name: str) -> None:
    function = aws.function(f"import {name}\ndef handler(event, context):\n    return 1\n")
    assert function.result() == 1


def test_the_types_of_the_context_can_be_imported(aws: Aws) -> None:
    function = aws.function(
        "from awslambdaric.lambda_context import LambdaContext\n"
        "def handler(event: dict, context: LambdaContext):\n"
        "    return isinstance(context, LambdaContext)\n"
    )
    assert function.result() is True


@pytest.mark.parametrize(
    "name",
    ["pandas", "moto", "pytest", "yaml", "cryptography", "cognito_sandbox", "helpers", "harness"],
)
def test_what_the_reader_has_installed_cannot_be_imported(either: Aws, name: str) -> None:
    error = either.function(f"import {name}\n").result()
    assert error["errorType"] == "Runtime.ImportModuleError"
    assert error["errorMessage"] == f"Unable to import module 'index': No module named '{name}'"


def test_no_folder_of_the_readers_is_on_the_path(aws: Aws) -> None:
    function = aws.function(
        "import sys\ndef handler(event, context):\n    return [sys.path, sys.argv]\n"
    )
    path, arguments = function.result()
    mine = [entry for entry in sys.path if entry and "site-packages" in entry] + [str(PROJECT)]
    assert not set(mine) & {*path, *arguments}
    assert not any("site-packages" in entry for entry in path)


def test_a_python_started_inside_finds_boto3(aws: Aws) -> None:
    function = aws.function(
        "import subprocess, sys\n"
        "def handler(event, context):\n"
        "    return subprocess.run([sys.executable, '-c', 'import boto3']).returncode\n",
        Timeout=20,
    )
    assert function.result() == 0


@pytest.mark.parametrize("place", ["zip", "layer"])
def test_a_module_of_the_functions_own_wins(aws: Aws, place: str) -> None:
    own = {"boto3/__init__": "__version__ = 'mine'\n", "queue": "VALUE = 'mine'\n"}
    source = (
        "import boto3, queue\n"
        "def handler(event, context):\n"
        "    return [boto3.__version__, queue.VALUE]\n"
    )
    if place == "zip":
        function = aws.function("", Code={"ZipFile": zipped(index=source, **own)})
    else:
        packed = zipped(**{f"python/{name}": text for name, text in own.items()})
        layer = aws.lambdas.publish_layer_version(LayerName="own", Content={"ZipFile": packed})
        function = aws.function(source, Layers=[layer["LayerVersionArn"]])
    assert function.result() == ["mine", "mine"]
    plain = aws.function("import boto3\ndef handler(event, context):\n    return boto3.__version__")
    assert plain.result() != "mine"


def test_all_of_this_holds_where_the_package_is_installed(tmp_path: Path) -> None:
    """Beside boto3, in a virtual environment's own folder, which lies in /tmp."""
    venv.create(tmp_path / "venv", symlinks=True)
    (packages,) = (tmp_path / "venv").glob("lib/*/site-packages")
    for path in Path(os.path.dirname(pytest.__file__)).parent.iterdir():
        if path.suffix != ".pth":
            (packages / path.name).symlink_to(path)
    (packages / "cognito_sandbox").symlink_to(PROJECT / "cognito_sandbox")
    code = (
        "import json, sys\n"
        "sys.path.append(sys.argv[1])\n"
        "from harness import Aws\n"
        "import cognito_sandbox\n"
        "with cognito_sandbox.Sandbox() as sandbox:\n"
        "    aws = Aws(sandbox.endpoint, sandbox.access_key)\n"
        "    for name in ('boto3', 'moto', 'cognito_sandbox'):\n"
        "        source = f'import {name}\\ndef handler(event, context): return 1'\n"
        "        print(json.dumps(aws.function(source).result()))\n"
    )
    done = subprocess.run(
        [tmp_path / "venv/bin/python", "-c", code, PROJECT / "tests"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    found, *missing = map(json.loads, done.stdout.splitlines())
    assert found == 1, done.stderr
    assert [each["errorType"] for each in missing] == ["Runtime.ImportModuleError"] * 2


def test_no_function_can_change_what_another_runs(either: Aws) -> None:
    code = {"ZipFile": zipped(index=WRITE)}
    function = either.function("", Code=code)
    assert function.result() == "as published"
    assert either.function("", Code=code).result() == "as published"
    either.lambdas.update_function_configuration(FunctionName=function.name, Timeout=5)
    function.wait()
    assert function.result() == "as published"


@NAMESPACES
def test_code_is_read_only_even_for_root(aws: Aws) -> None:
    function = aws.function(
        "def handler(event, context):\n    open('index.py', 'w')\n",
    )
    assert "Read-only file system" in function.result()["errorMessage"]


READ = """
from pathlib import Path
import shared
def handler(event, context):
    try:
        Path("/opt/new").touch()
    except OSError:
        return [shared.__file__, Path("/opt/python/note.py").read_text(), shared.VALUE]
"""


@NAMESPACES
@OPT
def test_layers_are_in_opt_the_later_in_the_place_of_the_earlier(aws: Aws) -> None:
    files = {"python/shared": "VALUE = 1", "python/note": "first"}, {"python/shared": "VALUE = 2"}
    layers = [
        aws.lambdas.publish_layer_version(LayerName=name, Content={"ZipFile": zipped(**each)})
        for name, each in zip(("first", "second"), files, strict=True)
    ]
    function = aws.function(READ, Layers=[layer["LayerVersionArn"] for layer in layers])
    assert function.result() == ["/opt/python/shared.py", "first", 2]


@NAMESPACES
@OPT
def test_without_layers_opt_is_empty(aws: Aws) -> None:
    function = aws.function(
        "import os\ndef handler(event, context):\n    return os.listdir('/opt')\n"
    )
    assert function.result() == []


def test_layers_hide_no_folder_of_the_sandboxs_own() -> None:
    assert not isolation.can_show_layers(isolation.LAYERS / "tmp")


def test_unpacked_code_goes_with_its_last_user(either: Aws) -> None:
    source = "import os\ndef handler(event, context):\n    return [os.getcwd(), os.getpid()]\n"
    code = {"ZipFile": zipped(index=source + f"# {os.getpid()}")}
    first, second = either.function("", Code=code), either.function("", Code=code)
    folders = {Path(function.result()[0]) for function in (first, second)}
    either.lambdas.delete_function(FunctionName=first.name)
    assert any(folder.exists() for folder in folders)
    _, worker = second.result()
    either.lambdas.update_function_code(FunctionName=second.name, ZipFile=zipped(index=source))
    assert eventually(lambda: not any(folder.exists() for folder in folders))
    assert eventually(lambda: not Path(f"/proc/{worker}/cwd").exists())


def test_a_deleted_functions_worker_goes_when_it_is_done(aws: Aws) -> None:
    function = aws.function(
        "import os, time\n"
        "def handler(event, context):\n"
        "    print('{}')\n    time.sleep(1)\n    os.kill(0, 0)\n    print(os.getpid())\n"
    )
    group = function.group
    function.invoke(InvocationType="Event")
    assert eventually(lambda: aws.get("/_sandbox/runs", function=function.name))
    assert not function.log()
    aws.lambdas.delete_function(FunctionName=function.name)
    assert eventually(lambda: function.log()), group
    (worker,) = [line for line in function.log() if line.strip().isdecimal()]
    assert eventually(lambda: not Path(f"/proc/{worker.strip()}/cwd").exists())


@NAMESPACES
def test_each_environment_has_its_own_tmp(aws: Aws, tmp_path: Path) -> None:
    source = (
        "import os, tempfile\n"
        "def handler(event, context):\n"
        "    before = os.listdir('/tmp')\n"
        "    open('/tmp/mine', 'w').write('x')\n"
        "    return [before, tempfile.gettempdir()]\n"
    )
    function = aws.function(source)
    assert function.result() == [[], "/tmp"]
    assert function.result() == [["mine"], "/tmp"]
    assert aws.function(source).result() == [[], "/tmp"]
    assert not Path("/tmp/mine").exists()


@NAMESPACES
def test_tmp_has_the_size_that_was_asked_for(aws: Aws) -> None:
    source = (
        "import os\n"
        "def handler(event, context):\n"
        "    size = os.statvfs('/tmp')\n"
        "    return size.f_blocks * size.f_frsize // 2**20\n"
    )
    assert aws.function(source).result() == 512
    assert aws.function(source, EphemeralStorage={"Size": 600}).result() == 600


def test_temporary_files_go_with_their_environment(either: Aws) -> None:
    function = either.function(
        "import os, tempfile\n"
        "def handler(event, context):\n"
        "    return tempfile.mkdtemp(), os.path.expanduser('~')\n"
    )
    made, home = function.result()
    assert made.startswith(home)
    either.lambdas.delete_function(FunctionName=function.name)
    assert not Path(made).exists()
