"""The notes' API of notebook 7: who may do what, its rights, and who follows its table."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from harness import Aws, Function, Pool
from more_stacks import deployed

from helpers import events

FORM = "application/x-www-form-urlencoded"  # which curl -d names, and urllib


class Notes:
    """The stack as its template deploys it, with an editor, a reader and the trigger."""

    def __init__(self, aws: Aws, outputs: dict[str, str]) -> None:
        self.aws, self.outputs = aws, outputs
        pool_id = outputs["UserPoolId"]
        arn = aws.cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]["Arn"]
        self.pool = Pool(aws, pool_id, arn, outputs["UserPoolClientId"])
        self.pool.update(LambdaConfig={"PreTokenGeneration": outputs["NameRoleFunctionArn"]})
        self.pool.add("ann")
        self.pool.add("guest", email="guest@example.net")
        self.pool.add("fake", email="fake@example.com", email_verified="false")

    def token(self, who: str, kind: str = "IdToken") -> str:
        return str(self.pool.sign_in(who)["AuthenticationResult"][kind])

    def ask(
        self, method: str, path: str, token: str, body: str = "", kind: str = "application/json"
    ) -> tuple[int, Any]:
        address, head = f"{self.outputs['ApiEndpoint']}{path}", {"Authorization": token}
        head["Content-Type"] = kind
        request = urllib.request.Request(address, body.encode() or None, head, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def function(self, name: str) -> Function:
        return Function(self.aws, self.outputs[f"{name}Function"], "")


@pytest.fixture(scope="module")
def notes(aws: Aws) -> Iterator[Notes]:
    with deployed(aws, "http_api") as outputs:
        yield Notes(aws, outputs)


def test_an_editor_writes_reads_and_removes(notes: Notes) -> None:
    token = notes.token("ann")
    note = {"id": "1", "text": "Buy milk", "author": "ann"}
    assert notes.ask("PUT", "/1", token, '{"text": "Buy milk"}') == (200, note)
    assert notes.ask("GET", "/1", token) == (200, note)
    assert notes.ask("GET", "/", token) == (200, [note])
    assert notes.ask("DELETE", "/1", token) == (200, {"removed": "1"})
    missing = {"message": "There is no note 1."}
    assert notes.ask("GET", "/1", token) == (404, missing)


@pytest.mark.parametrize("who", ["guest", "fake"])
def test_others_read_only(notes: Notes, who: str) -> None:
    token, refused = notes.token(who), (403, {"message": f"{who} may not change notes."})
    assert notes.ask("GET", "/", token)[0] == 200
    assert notes.ask("PUT", "/1", token, '{"text": "Mine"}') == refused
    assert notes.ask("DELETE", "/1", token) == refused


def test_an_access_token_gets_in_and_names_no_role(notes: Notes) -> None:
    token = notes.token("ann", "AccessToken")
    assert notes.ask("GET", "/", token)[0] == 200
    assert notes.ask("PUT", "/1", token, '{"text": "Mine"}')[0] == 403


@pytest.mark.parametrize("body", ["", "no JSON", "[]", "{}", '{"text": 1}'])
def test_a_note_needs_a_text(notes: Notes, body: str) -> None:
    assert notes.ask("PUT", "/1", notes.token("ann"), body)[0] == 400


def test_a_body_that_is_not_named_as_json_is_read_as_well(notes: Notes) -> None:
    token = notes.token("ann")
    assert notes.ask("PUT", "/2", token, '{"text": "Hello"}', FORM)[1]["text"] == "Hello"
    notes.ask("DELETE", "/2", token)


@pytest.mark.parametrize(
    ("action", "method", "path"),
    [
        ("dynamodb:Scan", "GET", "/"),
        ("dynamodb:GetItem", "GET", "/1"),
        ("dynamodb:PutItem", "PUT", "/1"),
        ("dynamodb:DeleteItem", "DELETE", "/1"),
    ],
)
def test_the_api_needs_each_right_that_its_role_has(
    notes: Notes, action: str, method: str, path: str
) -> None:
    iam, token = notes.aws.client("iam"), notes.token("ann")
    found = notes.aws.lambdas.get_function(FunctionName=notes.outputs["NotesApiFunction"])
    role = found["Configuration"]["Role"].rpartition("/")[2]
    policy = {"RoleName": role, "PolicyName": "keep-notes"}
    document = json.dumps(iam.get_role_policy(**policy)["PolicyDocument"])
    iam.put_role_policy(**policy, PolicyDocument=document.replace(action, "none:Nothing"))
    assert notes.ask(method, path, token, '{"text": "Hello"}')[0] == 500
    iam.put_role_policy(**policy, PolicyDocument=document)
    assert notes.ask(method, path, token, '{"text": "Hello"}')[0] in (200, 404)


def test_the_log_says_what_became_of_a_note(notes: Notes) -> None:
    token, follower = notes.token("ann"), notes.function("FollowNotes")
    notes.ask("PUT", "/3", token, '{"text": "Hello"}')
    notes.ask("PUT", "/3", token, '{"text": "Goodbye"}')
    notes.ask("DELETE", "/3", token)
    end, wanted = time.monotonic() + 20, "REMOVE of note 3: Goodbye, then nothing."
    while wanted not in (log := "".join(follower.log())) and time.monotonic() < end:
        time.sleep(0.05)
    told = [line.split("\t")[-1] for line in log.splitlines() if "note 3" in line]
    said = ["INSERT of note 3: nothing, then Hello.", "MODIFY of note 3: Hello, then Goodbye."]
    assert told == [*said, wanted]


def test_no_token_is_in_a_log(notes: Notes) -> None:
    notes.ask("GET", "/", notes.token("ann"))
    assert "eyJ" not in "".join(notes.function("NotesApi").log())


def test_the_api_answers_a_ready_event(notes: Notes) -> None:
    event, api = events.of_service("http_api"), notes.function("NotesApi")
    assert api.result(event)["statusCode"] == 403
    event["requestContext"]["authorizer"]["jwt"]["claims"]["role"] = "editor"
    done = api.result(event)
    note = {"id": "1", "text": "Buy milk", "author": "ann"}
    assert (done["statusCode"], json.loads(done["body"])) == (200, note)


@pytest.mark.parametrize(
    ("address", "verified", "role"),
    [
        ("ann@example.com", "true", "editor"),
        ("ann@example.com", "false", "reader"),
        ("ann@example.net", "true", "reader"),
    ],
)
def test_a_ready_event_is_told_its_role(
    notes: Notes, address: str, verified: str, role: str
) -> None:
    event = events.sample("TokenGeneration_Authentication")
    event["request"]["userAttributes"] |= {"email": address, "email_verified": verified}
    answered = notes.function("NameRole").result(event)["response"]["claimsOverrideDetails"]
    assert answered == {"claimsToAddOrOverride": {"role": role}}


def test_the_follower_tells_of_a_ready_event(notes: Notes) -> None:
    event, follower = events.of_service("dynamodb"), notes.function("FollowNotes")
    change = event["Records"][0]["dynamodb"]
    change["Keys"] = {"id": {"S": "9"}}
    change["OldImage"], change["NewImage"] = {"text": {"S": "Hello"}}, {"text": {"S": "Bye"}}
    assert follower.result(event) is None
    assert "MODIFY of note 9: Hello, then Bye." in "".join(follower.log())


def test_the_event_that_the_page_shows_has_the_members_of_a_real_one(notes: Notes) -> None:
    notes.ask("PUT", "/1", notes.token("ann"), '{"text": "Buy milk"}')
    runs = notes.aws.get("/_sandbox/runs", function=notes.outputs["NotesApiFunction"])
    got = json.loads(runs[-1]["event"])
    shown = events.of_service("http_api")
    assert shown.keys() == got.keys()
    assert shown["requestContext"].keys() == got["requestContext"].keys()
    assert shown["requestContext"]["http"].keys() == got["requestContext"]["http"].keys()
    assert kinds(shown["requestContext"]["authorizer"]) == kinds(
        got["requestContext"]["authorizer"]
    )
    assert (shown["routeKey"], shown["body"]) == (got["routeKey"], got["body"])
    assert shown["headers"].keys() - got["headers"].keys() <= {"accept"}


def kinds(authorizer: Any) -> Any:
    """What each of the claims is made of: all of them are text."""
    jwt = authorizer["jwt"]
    return {type(value) for value in jwt["claims"].values()}, jwt["scopes"]
