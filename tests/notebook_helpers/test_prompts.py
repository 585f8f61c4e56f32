"""Prompts in plain Python, and in a real kernel with widgets."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from helpers import cloud, prompts
from helpers.errors import AnswerError

POLICY = {
    "MinimumLength": 10,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
}


def test_the_default_without_anything_else() -> None:
    assert prompts.choose("Who", ["ann", "bob"]).read() == "ann"
    assert prompts.ask("Name", default=" ann ").read() == "ann"
    assert prompts.confirm("Sure").agreed() is False
    assert prompts.confirm("Sure", default="no").agreed() is False  # type: ignore[arg-type]


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHO", "bob")
    monkeypatch.setenv("SURE", "Yes")
    assert prompts.choose("Who", ["ann", "bob"], env="WHO").read() == "bob"
    assert prompts.confirm("Sure", env="SURE").agreed() is True


@pytest.mark.parametrize(
    ("prompt", "rule"),
    [
        (lambda: prompts.choose("Who", ["ann"], env="ANSWER"), r"Who: choose one of ann\."),
        (lambda: prompts.confirm("Sure", env="ANSWER"), r"Sure: answer yes or no\."),
        (
            lambda: prompts.ask("Mail", env="ANSWER", check=prompts.check_email),
            r"Mail: enter an address",
        ),
        (
            lambda: prompts.ask("Name", env="ANSWER", taken=["Carol", "Nonsense"]),
            r"Name: nonsense is somebody else here; choose another\.",
        ),
        (
            lambda: prompts.ask_code("us-east-1_any", "ann", env="ANSWER"),
            r"Code: type the six digits of the mail\.",
        ),
        (
            lambda: prompts.ask_password(env="ANSWER", policy=POLICY),
            r"Password: it needs at least 10 characters, an uppercase letter, a number, a symbol",
        ),
    ],
)
def test_a_broken_rule_is_named(prompt: Any, rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWER", "nonsense")
    with pytest.raises(AnswerError, match=rule) as raised:
        prompt().read()
    assert "what the environment variable ANSWER says" in str(raised.value)


def test_a_user_name_keeps_to_cognitos_rule() -> None:
    assert prompts.check_user_name(" ann ") is None
    for answer in ("ann lee", "a" * 129):
        assert prompts.check_user_name(answer) == "use 1 to 128 characters, and no spaces."


def test_somebody_elses_name_is_theirs_in_capitals_too() -> None:
    with pytest.raises(AnswerError, match="CAROL is somebody else here"):
        prompts.ask("Name", default="CAROL", taken=["carol"]).read()


def test_no_answer_is_a_clear_error() -> None:
    with pytest.raises(AnswerError, match=r"Name: there is no answer yet\. Set the environment"):
        prompts.ask("Name", env="NAME_THAT_IS_NOT_SET").read()


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWER", "")
    assert prompts.choose("Who", ["ann"], env="ANSWER").read() == "ann"
    monkeypatch.setenv("ANSWER", " yes ")
    assert prompts.confirm("Sure", env="ANSWER").agreed() is True


def test_a_default_that_is_no_option() -> None:
    with pytest.raises(AnswerError, match=r"Who: zoe is not one of ann, bob\."):
        prompts.choose("Who", ["ann", "bob"], default="zoe")


def test_nothing_to_choose_from() -> None:
    with pytest.raises(AnswerError, match="nothing to choose from"):
        prompts.choose("Who", [])


def test_the_password_itself_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWER", "hunter2hunter2")
    with pytest.raises(AnswerError) as raised:
        prompts.ask_password(env="ANSWER", policy=POLICY).read()
    assert "hunter2" not in str(raised.value)


def test_in_the_sandbox_a_password_is_made_up(place: cloud.Cloud) -> None:
    if not place.is_sandbox:
        pytest.skip("elsewhere the reader has to give one")
    one, other = (prompts.ask_password(env=None, policy=POLICY) for _ in range(2))
    assert one.read() == one.read() != other.read()
    assert one.read() not in repr(one)
    assert prompts.check_password(one.read(), POLICY) is None


@pytest.mark.parametrize("length", [6, 8, 12, 99])
def test_generated_passwords_keep_to_the_policy(length: int) -> None:
    policy = POLICY | {"MinimumLength": length}
    for _ in range(50):
        assert prompts.check_password(prompts.generate_password(policy), policy) is None


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


def test_the_code_is_on_the_page_until_it_was_read(place: cloud.Cloud) -> None:
    if not place.is_sandbox:
        pytest.skip("elsewhere the mail is in an inbox")
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
