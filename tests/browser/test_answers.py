"""What becomes of an answer before the cell that reads it is run."""

import re
from collections.abc import Callable

import pytest
from lab import WIDGETS, Lab
from playwright.sync_api import expect
from reader import Notebook

QUESTIONS = """
from helpers import prompts
who = prompts.choose("Known user", ["ann", "bob"])
password = prompts.ask_password()
clean = prompts.confirm("Clean up", default=True)
display(who, password, clean)
"""
PASSWORD = "Typed-by-hand-3"


@pytest.fixture
def asked(lab: Lab, opened: Callable[[str], Notebook]) -> Notebook:
    """A notebook with three questions that were answered, and not yet read."""
    lab.set(WIDGETS, saveState=True)
    lab.write("questions", QUESTIONS, "print(who.read(), clean.agreed())")
    notebook = opened("questions")
    notebook.step()
    notebook.field("Known user").select_option("bob")
    notebook.field("Password").fill(PASSWORD)
    notebook.field("Clean up").click()
    return notebook


def test_shift_enter_in_a_prompt_keeps_the_answers(asked: Notebook) -> None:
    """The prompt that has the focus makes its own cell the one that runs."""
    asked.field("Clean up").focus()
    asked.step()
    assert asked.run("print(who.read()").inner_text().strip() == "bob False"


def test_a_password_is_not_saved_before_it_is_read(asked: Notebook, lab: Lab) -> None:
    asked.cell("print(who.read()").locator(".jp-InputPrompt").click()
    expect(asked.field("Password")).to_have_value("")
    expect(asked.field("Password")).to_have_attribute("placeholder", re.compile("^Kept"))
    asked.save()
    assert "widget-state+json" in lab.saved("questions"), "there was no state to look at"
    assert PASSWORD not in lab.saved("questions")
