"""The handler that asks a database of RDS: a real PostgreSQL, TLS, and its token looked at."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import files
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from database import Front, certificate, postgres
from harness import REGION, Aws, Function, client
from more_stacks import deployed, without

from helpers._inner import packaging

USER, DATABASE = "reader", "db-ABCDEFGHIJKL01234"
MINUTES = 60
LAYER = ("pg8000", "scramp", "asn1crypto", "python-dateutil", "six")


class Rds:
    """What RDS asks before somebody gets to the database; only IAM knows the secret of a key."""

    def __init__(self, aws: Aws) -> None:
        self.aws, self.port = aws, 0

    def why_not(self, token: str) -> str | None:
        place, _, query = token.partition("/?")
        said = {name: value for name, [value] in parse_qs(query).items()}
        key, _, region, service, _ = said["X-Amz-Credential"].split("/")
        signed = datetime.strptime(f"{said['X-Amz-Date']}+0000", "%Y%m%dT%H%M%SZ%z").timestamp()
        asked = (place, said["Action"], said["DBUser"], region, service)
        if asked != (f"127.0.0.1:{self.port}", "connect", USER, REGION, "rds-db"):
            return f"This token is for something else: {asked}"
        if not signed <= time.time() + MINUTES <= signed + int(said["X-Amz-Expires"]) + MINUTES:
            return "This token has lapsed"
        return None if self.may_connect(key) else f'PAM authentication failed for user "{USER}"'

    def may_connect(self, key: str) -> bool:
        who = client("sts", self.aws.endpoint, key).get_caller_identity()
        role, iam = {"RoleName": who["Arn"].split("/")[1]}, self.aws.client("iam")
        right = f"arn:aws:rds-db:{REGION}:{who['Account']}:dbuser:{DATABASE}/{USER}"
        return any(
            ("rds-db:connect" in each["Action"], each["Resource"]) == (True, right)
            for name in iam.list_role_policies(**role)["PolicyNames"]
            for each in iam.get_role_policy(**role, PolicyName=name)["PolicyDocument"]["Statement"]
        )


def layer(aws: Aws) -> str:
    """The ARN of a layer with pg8000 as it is installed here."""
    found = [path for name in LAYER for path in files(name) or [] if path.suffix != ".pyc"]
    code = {f"python/{path}": path.read_binary() for path in found if ".." not in path.parts}
    packed = packaging.packed(code)
    made = aws.lambdas.publish_layer_version(LayerName="pg8000", Content={"ZipFile": packed})
    return str(made["LayerVersionArn"])


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One that the database's user can come into as well."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def front(aws: Aws, folder: Path) -> Iterator[Front]:
    rds = Rds(aws)
    with postgres(folder, USER) as behind:
        front = Front(behind, certificate(folder), rds.why_not)
        rds.port = front.port
        yield front
        front.listener.close()


@pytest.fixture(scope="module")
def ask_database(aws: Aws, front: Front) -> Iterator[Function]:
    place = {"DatabaseHost": "127.0.0.1", "DatabasePort": str(front.port), "DatabaseUser": USER}
    place |= {"DatabaseName": "postgres", "DatabaseId": DATABASE, "Pg8000Layer": layer(aws)}
    place["DatabaseAuthority"] = front.certificate.read_text().partition("-----BEGIN PRIVATE")[0]
    with deployed(aws, "database", **place) as outputs:
        yield Function(aws, outputs["AskDatabaseFunction"], "")


def test_a_database_is_asked_with_a_token(ask_database: Function) -> None:
    assert ask_database.result({}) == {"sum": 5}


def test_it_is_asked_only_with_the_right(aws: Aws, ask_database: Function) -> None:
    with without(aws, ask_database.name, "rds-db:connect"):
        assert "PAM authentication failed" in str(ask_database.result({}))
    assert ask_database.result({}) == {"sum": 5}


def test_only_the_database_whose_certificate_is_trusted_gets_the_token(
    ask_database: Function, front: Front, folder: Path
) -> None:
    seen = len(front.asked)
    front.present(certificate(folder))
    assert "certificate verify failed" in str(ask_database.result({}))
    assert len(front.asked) == seen
    front.present(front.certificate)
    assert ask_database.result({}) == {"sum": 5}


def test_a_token_lapses(
    ask_database: Function, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_database.result({})
    later = time.time() + 16 * MINUTES
    monkeypatch.setattr(time, "time", lambda: later)
    assert front.check(front.asked[-1]) == "This token has lapsed"
