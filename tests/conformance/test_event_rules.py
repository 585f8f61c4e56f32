"""Rules of EventBridge: which events reach which targets, and as what (events contract 7)."""

import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from event_sources import Line, admit, eventually, letter
from harness import Aws, Function, refused

from cognito_sandbox import Sandbox

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
TRAILS = "ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
Json = dict[str, Any]


class Rule:
    """A rule of the default bus for events of a source of its own."""

    def __init__(self, aws: Aws, **settings: Any) -> None:
        self.aws, self.events = aws, aws.client("events")
        self.name = f"rule-{uuid.uuid4().hex[:8]}"
        self.source = f"source-{self.name}"
        pattern = json.dumps({"source": [self.source]})
        given = settings or {"EventPattern": pattern}
        self.arn = str(self.events.put_rule(Name=self.name, **given)["RuleArn"])

    def target(self, arn: str, **more: Any) -> None:
        self.targets({"Arn": arn} | more)

    def targets(self, *targets: Json) -> None:
        named = [{"Id": f"target{n or ''}"} | each for n, each in enumerate(targets)]
        self.events.put_targets(Rule=self.name, Targets=named)

    def permitted(self, function: Function) -> Function:
        function.allow("events.amazonaws.com", SourceArn=self.arn)
        return function

    def function(self, **more: Any) -> Function:
        """One that is permitted and a target."""
        function = self.permitted(self.aws.echo())
        self.target(function.arn, **more)
        return function

    def admitted(self, name: str, **attributes: str) -> Line:
        """A queue that lets the rule in."""
        line = Line(self.aws, f"{name}-{self.name}", **attributes)
        return line.admit("events.amazonaws.com", ArnEquals={"aws:SourceArn": self.arn})

    def put(self, detail: Any = None, **more: Any) -> Any:
        entry = {
            "Source": self.source,
            "DetailType": "greeting",
            "Detail": json.dumps(detail or {}),
        }
        (answer,) = self.events.put_events(Entries=[entry | more])["Entries"]
        return answer


@pytest.fixture
def rule(aws: Aws) -> Rule:
    return Rule(aws)


@pytest.fixture
def hurried() -> Iterator[Aws]:
    """A sandbox in which a minute is over in a tenth of a second."""
    with Sandbox(speed=600) as sandbox:
        yield Aws(sandbox.endpoint, sandbox.access_key)


def got(function: Function, count: int = 1) -> list[Any]:
    eventually(lambda: len(function.events()) >= count)
    return function.events()


def body(line: Line) -> str:
    (message,) = eventually(lambda: line.sqs.receive_message(QueueUrl=line.url).get("Messages"))
    return str(message["Body"])


def test_a_function_gets_the_whole_event(rule: Rule) -> None:
    function = rule.function()
    put = rule.put({"a": [1, {"b": None}]}, Resources=["arn:aws:s3:::bucket"])
    (event,) = got(function)
    ordered = "version id detail-type source account time region resources detail"
    assert list(event) == ordered.split()
    assert re.fullmatch(STAMP, event.pop("time"))
    assert event == {
        "version": "0",
        "id": put["EventId"],
        "detail-type": "greeting",
        "source": rule.source,
        "account": "123456789012",
        "region": "us-east-1",
        "resources": ["arn:aws:s3:::bucket"],
        "detail": {"a": [1, {"b": None}]},
    }


def test_an_event_keeps_the_time_that_it_was_given(rule: Rule) -> None:
    function = rule.function()
    rule.put(Time=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert got(function)[0]["time"] == "2026-01-02T03:04:05Z"


def test_only_what_matches_and_only_while_the_rule_is_enabled(rule: Rule) -> None:
    pattern = {"source": [rule.source], "detail": {"n": [{"numeric": [">", 1]}]}}
    rule.events.put_rule(Name=rule.name, EventPattern=json.dumps(pattern))
    function = rule.function()
    rule.put({"n": 1})
    rule.put({"n": 2})
    rule.events.disable_rule(Name=rule.name)
    rule.put({"n": 3})
    rule.events.enable_rule(Name=rule.name)
    rule.put({"n": 4})
    assert sorted(event["detail"]["n"] for event in got(function, 2)) == [2, 4]


def test_entries_may_be_a_megabyte_together(rule: Rule) -> None:
    padding = "x" * (2**20 - len(rule.source) - len("greeting") - len('{"it": ""}'))
    too_large = "Total size of the entries in the request is over the limit."
    with refused("ValidationException", too_large):
        rule.put({"it": padding})
    assert rule.put({"it": padding[1:]})["EventId"]


def test_a_rule_for_what_trails_tell_is_for_other_events_too(aws: Aws) -> None:
    rule = Rule(aws, EventPattern='{"source": ["trailed"]}', State=f"ENABLED_WITH_{TRAILS}")
    function = rule.function()
    rule.put(Source="trailed")
    assert eventually(function.events)[0]["source"] == "trailed"


def test_each_entry_has_an_answer_of_its_own(aws: Aws) -> None:
    events = aws.client("events")
    good = {"Source": "a", "DetailType": "b", "Detail": "{}"}
    bad = [{name: value for name, value in good.items() if name != lacking} for lacking in good]
    malformed = [good | {"Detail": text} for text in ("{", '"text"', "[]")]
    answer = events.put_events(Entries=[good, *bad, *malformed])
    assert answer["FailedEntryCount"] == 6
    assert "EventId" in answer["Entries"][0]
    told = [(each["ErrorCode"], each["ErrorMessage"]) for each in answer["Entries"][1:]]
    assert told[:3] == [
        (
            "InvalidArgument",
            f"Parameter {name} is not valid. Reason: {name} is a required argument.",
        )
        for name in good
    ]
    assert told[3:] == [("MalformedDetail", "Detail is malformed.")] * 3
    with refused("ValidationException"):
        events.put_events(Entries=[good] * 11)


TRANSFORMED = [
    ({"Input": '{"constant": [1]}'}, {"constant": [1]}),
    ({"InputPath": "$.detail.list[1]"}, {"b": 2}),
    ({"InputPath": "$.detail.text"}, "it's here"),
    (
        {
            "InputTransformer": {
                "InputPathsMap": {"t": "$.detail.text", "l": "$.detail.list", "no": "$.detail.no"},
                "InputTemplate": '{"text": "It says: <t>", "bare": <t>, "list": <l>, "no": "<no>"}',
            }
        },
        {"text": "It says: it's here", "bare": "it's here", "list": [1, {"b": 2}], "no": ""},
    ),
    (
        {
            "InputTransformer": {
                "InputPathsMap": {"o": "$.detail.list[1]"},
                "InputTemplate": '"An object: <o>"',
            }
        },
        "An object: {b: 2}",
    ),
]


@pytest.mark.parametrize(("given", "expected"), TRANSFORMED)
def test_a_target_gets_what_its_input_says(rule: Rule, given: Json, expected: Any) -> None:
    printing = "import json\ndef handler(event, context):\n    print(json.dumps([event]))\n"
    function = rule.permitted(rule.aws.function(printing))
    rule.target(function.arn, **given)
    rule.put({"text": "it's here", "list": [1, {"b": 2}]})
    eventually(lambda: f"{json.dumps([expected])}\n" in function.log())


def test_a_template_knows_the_rule_and_the_event(rule: Rule) -> None:
    members = {
        "arn": "<aws.events.rule-arn>",
        "name": "<aws.events.rule-name>",
        "time": "<aws.events.event.ingestion-time>",
    }
    template = json.dumps(members)[:-1]
    template += ', "rest": <aws.events.event>, "all": <aws.events.event.json>}'
    function = rule.function(InputTransformer={"InputTemplate": template})
    rule.put({"a": 1}, Time=datetime(2026, 1, 2, tzinfo=UTC))
    (event,) = got(function)
    assert event["all"]["time"] == "2026-01-02T00:00:00Z"
    assert (event["arn"], event["name"]) == (rule.arn, rule.name)
    assert abs(datetime.fromisoformat(event["time"]).timestamp() - rule.aws.now()) < 60
    assert event["all"]["detail"] == {"a": 1}
    assert event["rest"] == {k: v for k, v in event["all"].items() if k != "detail"}


def test_an_unknown_placeholder_is_refused(rule: Rule) -> None:
    with refused(
        "ValidationException", "InputTemplate for target target contains invalid placeholder what."
    ):
        rule.target(rule.aws.echo().arn, InputTransformer={"InputTemplate": '"<what>"'})


def test_what_is_no_pattern_and_no_schedule(rule: Rule) -> None:
    with refused("InvalidEventPatternException"):
        rule.events.put_rule(Name="bad", EventPattern='{"source": "a"}')
    for expression in ("rate(1 minutes)", "rate(0 minutes)", "cron(* * * * * *)", "at noon"):
        with refused("ValidationException", "Parameter ScheduleExpression is not valid."):
            rule.events.put_rule(Name="bad", ScheduleExpression=expression)
    bus = f"bus-{rule.name}"
    rule.events.create_event_bus(Name=bus)
    with refused(
        "ValidationException", "ScheduleExpression is supported only on the default event bus."
    ):
        rule.events.put_rule(Name="bad", EventBusName=bus, ScheduleExpression="rate(1 minute)")


def test_permission_is_missed_at_delivery_only(rule: Rule) -> None:
    stranger, dead = rule.aws.echo(), rule.admitted("dead")
    rule.target(stranger.arn, DeadLetterConfig={"Arn": dead.arn})
    put = rule.put({"n": 1})
    (letter,) = eventually(
        lambda: dead.sqs.receive_message(QueueUrl=dead.url, MessageAttributeNames=["All"]).get(
            "Messages"
        )
    )
    assert json.loads(letter["Body"])["id"] == put["EventId"]
    attributes = {k: v["StringValue"] for k, v in letter["MessageAttributes"].items()}
    assert (attributes["RULE_ARN"], attributes["TARGET_ARN"]) == (rule.arn, stranger.arn)
    rule.permitted(stranger)
    rule.put({"n": 2})
    assert [event["detail"] for event in got(stranger)] == [{"n": 2}]


def test_a_queue_lets_the_rule_in_or_gets_nothing(rule: Rule) -> None:
    closed, dead = Line(rule.aws, f"closed-{rule.name}"), rule.admitted("dead")
    rule.target(closed.arn, DeadLetterConfig={"Arn": dead.arn})
    rule.put()
    told = letter(dead)["MessageAttributes"]
    assert told["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert "Messages" not in closed.sqs.receive_message(QueueUrl=closed.url)


GONE = [
    f"arn:aws:{service}:us-east-1:123456789012:{name}"
    for service, name in (
        ("sqs", "gone"),
        ("sns", "gone"),
        ("logs", "log-group:gone"),
        ("events", "event-bus/gone"),
    )
]


def test_what_is_gone_keeps_no_other_from_getting_the_event(rule: Rule) -> None:
    dead, known = rule.admitted("dead"), rule.permitted(rule.aws.echo())
    buried = {"DeadLetterConfig": {"Arn": dead.arn}}
    rule.targets(*({"Arn": arn} | buried for arn in GONE), {"Arn": known.arn})
    rule.put()
    assert len(got(known)) == 1
    letters = dead.sqs.receive_message(
        QueueUrl=dead.url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )["Messages"]
    told = [each["MessageAttributes"] for each in letters]
    codes = {each["TARGET_ARN"]["StringValue"]: each["ERROR_CODE"]["StringValue"] for each in told}
    assert codes == dict.fromkeys(GONE, "NO_RESOURCE")


def test_a_queue_that_does_not_take_it_keeps_no_other_from_getting_the_event(rule: Rule) -> None:
    dead, known = rule.admitted("dead"), rule.permitted(rule.aws.echo())
    small = rule.admitted("small", MaximumMessageSize="1024")
    buried = {"DeadLetterConfig": {"Arn": dead.arn}}
    rule.targets({"Arn": small.arn} | buried, {"Arn": known.arn})
    put = rule.put({"text": "x" * 1024})
    assert len(got(known)) == 1
    assert json.loads(body(dead))["id"] == put["EventId"]


def test_dead_letters_that_are_gone_keep_no_other_from_getting_the_event(rule: Rule) -> None:
    known = rule.permitted(rule.aws.echo())
    gone = "arn:aws:sqs:us-east-1:123456789012:gone"
    stranger = {"Arn": rule.aws.echo().arn, "DeadLetterConfig": {"Arn": gone}}
    rule.targets(stranger, {"Arn": known.arn})
    rule.put()
    assert got(known)


def test_putting_events_waits_for_nobody(rule: Rule) -> None:
    slow = rule.permitted(rule.aws.echo("import time; time.sleep(20)", Timeout=30))
    rule.target(slow.arn)
    for _ in range(3):
        rule.put()
    assert not any(line.startswith("END") for line in slow.log())


def test_a_queue_gets_a_string_in_quotes(rule: Rule) -> None:
    line = rule.admitted("quoted")
    rule.target(line.arn, InputPath="$.detail.text")
    rule.put({"text": "hello"})
    assert body(line) == '"hello"'


def test_a_topic_a_log_group_and_another_bus_are_targets_too(rule: Rule) -> None:
    aws, bus = rule.aws, f"bus-{rule.name}"
    topic = aws.client("sns").create_topic(Name=rule.name)["TopicArn"]
    admit(aws, topic, "events.amazonaws.com")
    line = Line(aws, rule.name).admit("sns.amazonaws.com")
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=line.arn)
    group = f"/aws/events/{rule.name}"
    aws.logs.create_log_group(logGroupName=group)
    function = aws.echo()
    arn = rule.events.create_event_bus(Name=bus)["EventBusArn"]
    pattern = json.dumps({"source": [rule.source]})
    on_bus = rule.events.put_rule(Name="there", EventBusName=bus, EventPattern=pattern)["RuleArn"]
    function.allow("events.amazonaws.com", SourceArn=on_bus)
    there = [{"Id": "a", "Arn": function.arn}, {"Id": "b", "Arn": arn}]
    rule.events.put_targets(Rule="there", EventBusName=bus, Targets=there)
    logs = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
    targets = [{"Id": str(n), "Arn": each} for n, each in enumerate((topic, logs, arn))]
    rule.events.put_targets(Rule=rule.name, Targets=targets)
    rule.put({"n": 1})
    assert json.loads(json.loads(body(line))["Message"])["detail"] == {"n": 1}
    logged = aws.logs.filter_log_events(logGroupName=group)["events"]
    assert [json.loads(each["message"])["detail"] for each in logged] == [{"n": 1}]
    assert [event["detail"] for event in got(function)] == [{"n": 1}]


def test_other_targets_are_refused_by_name(rule: Rule) -> None:
    for arn in (
        "arn:aws:states:us-east-1:123456789012:stateMachine:machine",
        "arn:aws:events:us-east-1:123456789012:api-destination/there/1",
    ):
        with refused("ValidationException", f"The sandbox sends no events to {arn}. ..."):
            rule.target(arn)


@pytest.mark.parametrize(
    ("service", "member"),
    [
        ("sqs", {"HttpParameters": {"PathParameterValues": ["a"]}}),
        ("sqs", {"RoleArn": "arn:aws:iam::123456789012:role/role"}),
        ("sns", {"SqsParameters": {"MessageGroupId": "a"}}),
        ("events", {"InputPath": "$.detail"}),
    ],
)
def test_what_would_have_no_effect_is_refused_by_name(
    rule: Rule, service: str, member: Json
) -> None:
    (name,) = member
    with refused("ValidationException", f"{name} of target target would have no effect ..."):
        rule.target(f"arn:aws:{service}:us-east-1:123456789012:event-bus/place", **member)


@pytest.mark.parametrize("path", ["detail", "$.detail[", "$detail", "$."])
def test_what_is_no_path(rule: Rule, path: str) -> None:
    arn = rule.aws.echo().arn
    with refused("ValidationException", "Invalid InputPath for target target: ..."):
        rule.target(arn, InputPath=path)
    transformer = {"InputPathsMap": {"it": path}, "InputTemplate": "<it>"}
    with refused("ValidationException", "Invalid InputPathsMap for target target: ..."):
        rule.target(arn, InputTransformer=transformer)


def test_wildcards_in_paths_are_refused_by_name(rule: Rule) -> None:
    with refused("NotImplementedException", "The sandbox does not have wildcards in InputPath..."):
        rule.target(rule.aws.echo().arn, InputPath="$.resources[*]")


def test_a_rule_has_five_targets_at_the_most(rule: Rule) -> None:
    arn = rule.aws.echo().arn
    rule.targets(*[{"Arn": arn}] * 5)
    rule.target(arn, Input="{}")  # the first one, anew
    too_many = "The requested resource exceeds the maximum number allowed."
    with refused("LimitExceededException", too_many):
        rule.target(arn, Id="sixth")


def test_retries_of_a_target_have_their_limits(rule: Rule) -> None:
    function = rule.permitted(rule.aws.echo())
    for name, wrong in [("MaximumRetryAttempts", 186), ("MaximumEventAgeInSeconds", 86_401)]:
        at = f"targets.1.member.retryPolicy.{name[0].lower()}{name[1:]}"
        told = f"1 validation error detected: Value '{wrong}' at '{at}' failed to satisfy ..."
        with refused("ValidationException", told):
            rule.target(function.arn, RetryPolicy={name: wrong})
    usual = {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400}
    rule.target(function.arn, RetryPolicy=usual)
    (shown,) = rule.events.list_targets_by_rule(Rule=rule.name)["Targets"]
    assert shown["RetryPolicy"] == usual
    rule.put()
    assert got(function)


def test_a_rules_role_is_refused_by_name(rule: Rule) -> None:
    with refused("ValidationException", "The sandbox does not have RoleArn of a rule. ..."):
        rule.events.put_rule(
            Name="with-a-role", ScheduleExpression="rate(1 day)", RoleArn=rule.aws.role
        )


def test_dead_letters_are_a_queue(rule: Rule) -> None:
    with refused("ValidationException", "DeadLetterConfig of target target is not a queue's ..."):
        rule.target(rule.aws.echo().arn, DeadLetterConfig={"Arn": "arn:aws:sns:a:b:c"})


def test_the_other_kind_of_schedules_is_refused_by_name(rule: Rule) -> None:
    with refused("ValidationException", "The sandbox does not have EventBridge Scheduler. ..."):
        rule.aws.client("scheduler").create_schedule(
            Name=rule.name,
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": rule.aws.echo().arn, "RoleArn": rule.aws.role},
        )
    with refused("ValidationException", "The sandbox does not have EventBridge Scheduler. ..."):
        rule.aws.client("scheduler").create_schedule_group(Name=rule.name)


def test_pipes_are_refused_by_name(aws: Aws) -> None:
    with refused("ValidationException", "The sandbox does not have EventBridge Pipes. ..."):
        aws.client("pipes").create_pipe(
            Name="pipe",
            RoleArn=aws.role,
            Source="arn:aws:sqs:us-east-1:123456789012:source",
            Target="arn:aws:sqs:us-east-1:123456789012:target",
        )


def test_a_pattern_can_be_tested(aws: Aws) -> None:
    names = ("id", "account", "source", "time", "region", "detail-type")
    event = dict.fromkeys(names, "a") | {"resources": [], "detail": {"n": 1}}
    test = aws.client("events").test_event_pattern

    def result(pattern: Json, event: Json) -> Any:
        return test(EventPattern=json.dumps(pattern), Event=json.dumps(event))["Result"]

    assert result({"detail": {"n": [1]}}, event) is True
    assert result({"detail": {"n": [2]}}, event) is False
    with refused("InvalidEventPatternException"):
        result({}, event)
    with refused("ValidationException", "Parameter Event is not valid. It has no id."):
        result({"detail": {"n": [1]}}, {"detail": {"n": 1}})


def test_only_aws_has_sources_of_aws(rule: Rule) -> None:
    of_aws = Rule(rule.aws, EventPattern=json.dumps({"source": ["aws.mine"]}))
    function, told = of_aws.function(), {"DetailType": "greeting", "Detail": "{}"}
    entries = [told | {"Source": source} for source in ("aws.mine", "mine")]
    answer = rule.events.put_events(Entries=entries)
    assert answer["FailedEntryCount"] == 1
    refusal, taken = answer["Entries"]
    assert refusal["ErrorCode"] == "NotAuthorizedForSourceException"
    assert taken["EventId"]
    assert function.events() == []


def test_what_is_archived_can_be_replayed(rule: Rule) -> None:
    function, bus = rule.function(), "arn:aws:events:us-east-1:123456789012:event-bus/default"
    pattern = json.dumps({"source": [rule.source]})
    archive = rule.events.create_archive(
        ArchiveName=rule.name, EventSourceArn=bus, EventPattern=pattern
    )["ArchiveArn"]
    first = rule.put({"n": 1})["EventId"]
    got(function)
    rule.events.start_replay(
        ReplayName=rule.name,
        EventSourceArn=archive,
        EventStartTime=datetime(2020, 1, 1, tzinfo=UTC),
        EventEndTime=datetime(2030, 1, 1, tzinfo=UTC),
        Destination={"Arn": bus},
    )
    events = got(function, 2)
    assert [event["detail"] for event in events] == [{"n": 1}, {"n": 1}]
    assert {event.get("replay-name") for event in events} == {None, rule.name}
    assert first in {event["id"] for event in events}


def test_buckets_tell_event_bridge(aws: Aws) -> None:
    s3, name = aws.client("s3"), f"bucket-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [name]}}}
    function = Rule(aws, EventPattern=json.dumps(pattern)).function()
    settings: Any = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=settings)
    shown = s3.get_bucket_notification_configuration(Bucket=name)
    assert shown["EventBridgeConfiguration"] == {}
    s3.put_object(Bucket=name, Key="a key/ä", Body=b"hello")
    (event,) = got(function)
    assert (event["detail-type"], event["source"]) == ("Object Created", "aws.s3")
    assert event["resources"] == [f"arn:aws:s3:::{name}"]
    assert bridged(event) == {
        "version": "0",
        "bucket": {"name": name},
        "object": {
            "key": "a key/ä",
            "size": 5,
            "etag": "5d41402abc4b2a76b9719d911017c592",
        },
        "requester": "123456789012",
        "source-ip-address": "127.0.0.1",
        "reason": "PutObject",
    }
    s3.delete_object(Bucket=name, Key="a key/ä")
    (deleted,) = [each for each in got(function, 2) if each["detail-type"] == "Object Deleted"]
    assert bridged(deleted) == {
        "version": "0",
        "bucket": {"name": name},
        "object": {"key": "a key/ä"},
        "requester": "123456789012",
        "source-ip-address": "127.0.0.1",
        "reason": "DeleteObject",
        "deletion-type": "Permanently Deleted",
    }


def bridged(event: Json) -> Json:
    """The detail, without what is different each time."""
    detail: Json = event["detail"]
    assert detail.pop("request-id")
    assert detail["object"].pop("sequencer")
    return detail


def test_a_schedule_runs_a_function_again_and_again(hurried: Aws) -> None:
    rule = Rule(hurried, ScheduleExpression="rate(1 minute)")
    function = rule.function()
    event = got(function, 3)[0]
    rule.events.disable_rule(Name=rule.name)
    assert re.fullmatch(STAMP, event.pop("time"))
    assert event.pop("id")
    assert event == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "region": "us-east-1",
        "resources": [rule.arn],
        "detail": {},
    }
    daily = Rule(hurried, ScheduleExpression="cron(0/1 * * * ? *)")
    assert got(daily.function(Input='{"daily": true}'))[0] == {"daily": True}
