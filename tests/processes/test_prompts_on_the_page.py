"""Prompts in a real kernel, with widgets."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient


def run(*cells: str) -> tuple[list[str], str]:
    """Run cells in a real kernel; what they print, and the whole notebook as it would be stored."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=False).execute()
    printed = [
        "".join(o["text"] for o in cell["outputs"] if o["output_type"] == "stream")
        for cell in notebook["cells"]
    ]
    return printed, nbformat.writes(notebook)


@pytest.fixture(autouse=True)
def own_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the kernel run on this very Python."""
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    monkeypatch.setenv("JUPYTER_PATH", str(Path(sys.prefix) / "share" / "jupyter"))


def test_widgets_in_a_notebook() -> None:
    printed, stored = run(
        "from helpers import prompts",
        "who = prompts.choose('Known user', ['ann', 'bob'])\nwho",
        "print(who.read())\nwho.widget.value = 'bob'\nprint(who.read())",
        "secret = prompts.ask_password(env=None)\nsecret",
        "secret.widget.value = 'Typed-secret-1'",
        "answer = secret.read()\nprint(len(answer), repr(secret.widget.value), "
        "secret.read() == answer)\n"
        "secret.widget.value = 'weak'\n"
        "try:\n    secret.read()\nexcept Exception as error:\n    print(error)\n"
        "print(repr(secret.widget.value))",
        "sure = prompts.confirm('Clean up')\nsure",
        "print(sure.agreed())\nsure.widget.value = True\nprint(sure.agreed())",
        "mail = prompts.ask('E-mail', check=prompts.check_email)\n"
        "mail.widget.value = 'nonsense'\n"
        "try:\n    mail.read()\nexcept Exception as error:\n    print(error)",
    )
    assert printed[2] == "ann\nbob\n"
    assert printed[5].startswith("14 '' True\nPassword: it needs at least 8 characters, ")
    assert printed[5].endswith("\n''\n")
    assert printed[7] == "False\nTrue\n"
    assert "Type it above and run this cell again" in printed[8]
    assert "application/vnd.jupyter.widget-view+json" in stored
    assert stored.count("Typed-secret-1") == 1  # the cell of this test that types it


def test_what_was_answered_outlives_its_cell_until_it_is_read() -> None:
    asking = (
        "from helpers import prompts\n"
        "who = prompts.choose('Known user', PEOPLE)\n"
        "secret = prompts.ask_password(env=None)\n"
        "sure = prompts.confirm('Clean up', default=True)"
    )
    telling = "print(who.read(), secret.given() and secret.read() == TYPED, sure.agreed())"
    printed, stored = run(
        "PEOPLE, TYPED = ['ann', 'bob'], 'Typed-secret' + '-1'",
        asking,
        "who.widget.value, secret.widget.value, sure.widget.value = 'bob', TYPED, False\n"
        "print(repr(secret.widget.value), secret.widget.placeholder)",
        f"{asking}\n{telling}",
        f"{asking}\n{telling}",
        "who.widget.value, PEOPLE = 'bob', ['ann', 'carl']",
        f"{asking}\n{telling}",
    )
    assert printed[2] == "'' Kept. Type another to change it.\n"
    assert printed[3] == "bob True False\n"
    assert printed[4] == printed[6] == "ann None True\n"
    assert "Typed-secret-1" not in stored


def test_a_refused_password_is_not_replaced_by_one_nobody_knows() -> None:
    printed, _ = run(
        "from helpers import prompts\nfrom helpers.errors import AnswerError\n"
        "secret = prompts.ask_password(env=None)\nsecret.widget.value = 'weak'",
        "for _ in range(2):\n    try:\n        secret.read()\n"
        "    except AnswerError as error:\n        print(error)",
        "secret.widget.value = 'Typed-secret-1'\nprint(len(secret.read()))",
    )
    assert [line.partition(". ")[0] for line in printed[1].splitlines()] == [
        "Password: it needs at least 8 characters, an uppercase letter, a number, a symbol such "
        "as - or !",
        "Password: there is no answer yet",
    ]
    assert printed[2] == "14\n"


def test_the_environment_answers_on_the_page_too() -> None:
    printed, stored = run(
        "import os\nos.environ.update(EMAIL='me@example.com', CLEAN_UP='yes', PASSWORD='Hidden-1')",
        "from helpers import prompts\n"
        "asked = [prompts.ask('E-mail', 'you@example.com', 'EMAIL'),\n"
        "    prompts.confirm('Clean up', env='CLEAN_UP'), prompts.ask_password()]\n"
        "print([(each.widget.value, each.widget.disabled) for each in asked])\n"
        "display(*asked)\n"
        "print(asked[0]._view().children[1].value)",
    )
    assert printed[1] == (
        "[('me@example.com', True), (True, True), ('', True)]\n"
        "The environment variable EMAIL answers this.\n"
    )
    assert stored.count("Hidden-1") == 1  # the cell of this test


def test_the_code_is_on_the_page_until_it_was_read() -> None:
    printed, stored = run(
        "from helpers import cloud, cognito, mail, prompts, stack\n"
        "outputs = stack.deploy()\n"
        "pool, client = outputs['UserPoolId'], outputs['UserPoolClientId']\n"
        "cognito.sign_up(client, 'ann', prompts.generate_password({}), 'ann@example.com')\n"
        "code = prompts.ask_code(pool, 'ann')\ncode",
        "print(mail.code(pool, 'ann') in code._mail.value)\n"
        "code.widget.value = '111111'\nprint(code.read(), repr(code.widget.value))\n"
        "print(mail.code(pool, 'ann') in code._mail.value)\n"
        "print(code.read() == mail.code(pool, 'ann'))\n"
        "print(mail.code(pool, 'ann') in code._mail.value)",
        "again = prompts.ask_code(pool, 'ann')\ndisplay(code, again)\n"
        "print(mail.code(pool, 'ann') in code._mail.value + code._mail.value)",
    )
    assert printed[1] == "True\n111111 ''\nTrue\nTrue\nFalse\n"
    assert printed[2] == "False\n"
    assert '"Code:"' in stored


def test_a_bad_answer_is_refused_where_it_is_typed() -> None:
    printed, _ = run(
        "from helpers import cloud, prompts\ncloud.connect()\n"
        "mail = prompts.ask('E-mail', check=prompts.check_email)\nmail",
        "for typed in ('nonsense', 'ann@example.com'):\n"
        "    mail.widget.value = typed\n    print(mail._below.value)",
        "secret = prompts.ask_password(env=None)\nsecret",
        "for typed in ('weakling', 'Typed-secret-1'):\n    secret.widget.value = typed\n"
        "    print(secret._below.value, '/', secret.widget.placeholder)",
    )
    bad, good = printed[1].split("\n")[:2]
    assert bad == "Not this one: enter an address such as ann@example.com."
    assert good == ""
    weak, strong = printed[3].splitlines()
    assert weak.startswith("Not this one: it needs an uppercase letter")
    assert weak.endswith(" / ")
    assert strong.startswith("It needs at least 8")
    assert strong.endswith(" / Kept. Type another to change it.")


def test_a_broken_rule_shows_no_traceback_in_a_notebook() -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "from helpers import prompts\nprompts.ask('Name', env='NOT_SET_ANYWHERE').read()"
            )
        ]
    )
    NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True).execute()
    (output,) = notebook["cells"][0]["outputs"]
    assert output["traceback"] == [f"AnswerError: {output['evalue']}"]


def test_importing_the_helpers_is_light() -> None:
    code = (
        "import sys\n"
        "from helpers import cloud, cognito, known_users, logs, prompts, stack, tables, triggers\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not {"pandas", "ipywidgets", "moto", "IPython"} & loaded
