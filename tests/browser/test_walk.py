"""Cell by cell, as a reader goes: choosing, mistyping, typing again, keeping, cleaning up."""

import re
from collections.abc import Callable

import pytest
import tutorials
from lab import WIDGETS, Lab
from playwright.sync_api import expect
from reader import Notebook

WEAK, GOOD = "weakling", "Typed-by-hand-1"
CLEAN_UP = "cleanup.clean_up(clean.agreed())"


@pytest.fixture(autouse=True)
def state_is_saved(lab: Lab) -> None:
    """JupyterLab's option to save the state of widgets, which may hold what was typed."""
    lab.set(WIDGETS, saveState=True)


def expect_one_line(notebook: Notebook, source: str, *told: str) -> None:
    """The cell shows an error, and nothing of a traceback."""
    (problem,) = notebook.problems()
    assert len(problem.strip().splitlines()) == 1, problem
    for text in told:
        expect(notebook.output(source)).to_contain_text(text)


def expect_not_this_one(notebook: Notebook, label: str, asking: str, rule: str) -> None:
    """What is wrong with the answer stands below the field, before any cell is run."""
    notebook.field(label).press("Tab")
    expect(notebook.output(asking)).to_contain_text(f"Not this one: {rule}")


def type_weak_password(notebook: Notebook, label: str, source: str) -> None:
    notebook.field(label).fill(WEAK)
    expect_not_this_one(notebook, label, "prompts.ask_password(", "it needs an uppercase letter")
    notebook.run(source)
    expect_one_line(notebook, source, f"{label}: it needs an uppercase letter, a number")
    expect(notebook.field(label)).to_have_value("")


def type_password(notebook: Notebook, label: str, source: str) -> None:
    notebook.field(label).fill(GOOD)
    notebook.run(source)
    expect(notebook.field(label)).to_have_value("")


def keep_then_clean_up(notebook: Notebook) -> None:
    notebook.walk_to(CLEAN_UP)
    notebook.field("Clean up").uncheck()
    expect(notebook.run(CLEAN_UP).locator("td", has_text="kept")).not_to_have_count(0)
    expect(notebook.output(CLEAN_UP).locator("td", has_text="removed")).to_have_count(0)
    notebook.field("Clean up").check()
    expect(notebook.run(CLEAN_UP).locator("td", has_text="removed")).not_to_have_count(0)
    expect(notebook.output(CLEAN_UP).locator("td", has_text="kept")).to_have_count(0)


def finish(notebook: Notebook, lab: Lab, *secrets: str) -> None:
    """Clean up, see all that there is to see, save, and find no secret in the file."""
    keep_then_clean_up(notebook)
    notebook.walk_to_end()
    tutorials.check(notebook, lab)
    notebook.save()
    text = lab.saved(notebook.name)
    assert "application/vnd.jupyter.widget-state+json" in text, "there was no state to look at"
    assert [secret for secret in secrets if secret in text] == []
    assert not re.search(r"eyJ[\w-]{9}", text), "a token"


@pytest.mark.parametrize(
    ("name", "person", "reading"),
    [
        ("01_auto_confirm", "test_user_2", "with trace() as story"),
        ("03_activity_log", "test_user_3", "cognito.admin_set_user_password(pool_id, name"),
    ],
)
def test_a_known_user_is_chosen_and_gets_a_password(
    name: str, person: str, reading: str, lab: Lab, opened: Callable[[str], Notebook]
) -> None:
    notebook = opened(name)
    notebook.walk_to(reading)
    notebook.field("Known user").select_option(person)
    type_weak_password(notebook, "Password", reading)
    type_password(notebook, "Password", reading)
    expect(notebook.output(reading)).to_contain_text(person)
    finish(notebook, lab, WEAK, GOOD)


def test_a_known_user_is_migrated(lab: Lab, opened: Callable[[str], Notebook]) -> None:
    notebook = opened("02_migrate_user")
    reading = "user_name, user_email = name.read(), email.read()"
    notebook.walk_to(reading)
    asking = 'prompts.ask("Your e-mail"'
    notebook.field("User name").fill("carol")
    expect_not_this_one(notebook, "User name", asking, "carol is somebody else here")
    notebook.field("User name").fill("ann")
    notebook.field("Your e-mail").fill("ann.example.com")
    expect_not_this_one(notebook, "Your e-mail", asking, "enter an address such as")
    notebook.run(reading)
    expect_one_line(notebook, reading, "AnswerError: Your e-mail", "such as ann@example.com")
    notebook.field("Your e-mail").fill("ann@example.com")
    expect(notebook.run(reading).locator("td", has_text="ann@example.com")).to_be_visible()

    confirming = "cognito.confirm_forgot_password(client_id, user_name, code.read()"
    notebook.walk_to(confirming)
    mail = notebook.output("prompts.ask_code").get_by_text("To ann@example.com")
    (code,) = re.findall(r"\b\d{6}\b", mail.inner_text())
    type_weak_password(notebook, "New password", confirming)
    notebook.field("Code").fill("12345")
    expect_not_this_one(notebook, "Code", "prompts.ask_code", "type the six digits of the mail.")
    notebook.field("Code").fill("111111" if code != "111111" else "222222")
    type_password(notebook, "New password", confirming)
    expect_one_line(notebook, confirming, "CodeMismatchException")
    notebook.field("Code").fill(code)
    expect(notebook.run(confirming)).to_contain_text("ann has a confirmed account")
    expect(mail).to_contain_text("••••••")
    finish(notebook, lab, WEAK, GOOD, code)


def test_somebody_sets_an_authenticator_up(lab: Lab, opened: Callable[[str], Notebook]) -> None:
    """As with a phone: the digits are read off the page, and typed."""
    notebook = opened("more/04_second_factor")
    signing_up = "cognito.sign_up("
    notebook.walk_to(signing_up)
    type_weak_password(notebook, "Password", signing_up)
    type_password(notebook, "Password", signing_up)
    asking, verifying = "prompts.ask_digits", "display(tokens, digits)"
    notebook.walk_to(verifying)
    app = notebook.output(asking)
    expect(app.locator("img")).to_be_visible()
    expect(app.get_by_text("Or type this key")).to_be_visible()
    (key,) = re.findall(r"key: ([A-Z2-7 ]{16,})", app.inner_text())
    shown = app.locator("b", has_text=re.compile(r"^\d{3} \d{3}$"))
    before = app.get_by_text("s left").inner_text()
    expect(app.get_by_text("s left")).not_to_have_text(before)
    digits = notebook.field("Six digits").first
    digits.fill("12 34")
    notebook.run(verifying)
    expect_one_line(notebook, verifying, "Six digits: type the six digits")
    app.get_by_role("button", name="Show the digits").click()
    code = shown.inner_text()
    digits.fill(code)
    expect(notebook.run(verifying)).to_contain_text("Tokens(access=eyJraWQi…")
    expect(app.locator("img")).to_have_count(0)
    expect(app.get_by_text("Or type this key")).to_have_count(0)
    finish(notebook, lab, WEAK, GOOD, code, key.strip(), key.replace(" ", ""))


def test_a_number_is_typed(lab: Lab, opened: Callable[[str], Notebook]) -> None:
    notebook = opened("more/05_lambda_basics")
    asking, sending = (
        "number = prompts.ask(",
        'answer = invoke(name, {"number": int(number.read())})',
    )
    notebook.walk_to(sending)
    notebook.field("A number").fill("forty")
    expect_not_this_one(notebook, "A number", asking, "type some digits.")
    notebook.run(sending)
    expect_one_line(notebook, sending, "A number: type some digits.")
    notebook.field("A number").fill("77")
    expect(notebook.run(sending)).to_contain_text("78")
    finish(notebook, lab)


@pytest.mark.parametrize("name", ["06_event_sources", "07_http_api", "08_test_your_own"])
def test_a_notebook_is_walked_kept_and_cleaned_up(
    name: str, lab: Lab, opened: Callable[[str], Notebook]
) -> None:
    finish(opened(f"more/{name}"), lab)
