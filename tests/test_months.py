"""What notebook 3 says of a function that runs for months, and of counting: its code does that."""

import json
import re
from contextlib import suppress
from textwrap import indent
from types import SimpleNamespace
from typing import Any

import boto3
import nbformat
import pytest
from execute_notebooks import NOTEBOOKS
from harness import REGION, Aws, Function

from helpers import experiments
from helpers.events import sample

HEADING = "## When it runs for months"
IN = sample("PostAuthentication_Authentication")
TRIED = sample("PreAuthentication_Authentication")
OWN = ("trigger", "userName", "ClientId")  # what the query asks of a line


def pieces(language: str, heading: str = HEADING) -> list[str]:
    """The pieces of code in the page's section, in this language."""
    cells = nbformat.read(NOTEBOOKS / "03_activity_log.ipynb", as_version=4).cells
    (section,) = (cell.source for cell in cells if heading in cell.source)
    return re.findall(rf"```{language}\n(.*?)```", section, re.S)


RETENTION, FILTER, ALARM, QUEUE = pieces("python")
(QUERY,) = pieces("text")
(COUNT,) = pieces("python", "To count all the same")


def run(aws: Aws, *codes: str, **values: Any) -> None:
    """Run them as a reader's own file would, in which these names are theirs."""
    values = {"boto3": SimpleNamespace(client=aws.client)} | values
    for code in codes:
        exec(re.sub("^group = .*", "", code), values)


def deployed(aws: Aws, source: str, *allowed: str, **environment: str) -> Function:
    """The handler, with a role that may write its log, and what is allowed beside that."""
    actions = ["logs:*", *allowed]
    role = aws.role_with({"Effect": "Allow", "Action": actions, "Resource": "*"})
    variables = {"TABLE_NAME": "nothing"} | environment
    return aws.function(source, Role=role, Environment={"Variables": variables})


def with_queue() -> str:
    """The handler, changed as the page says."""
    first, others = QUEUE.split("\n", 1)
    source = experiments.source("activity_log").code
    source = re.sub(r"^table = .*$", rf"\g<0>\n{first}", source, flags=re.M)
    inside = re.compile(r"(?<=    try:\n).*?(?=    except table\.)", re.S)
    return inside.sub(lambda _: indent(others, " " * 8), source)


@pytest.fixture
def failing(aws: Aws) -> Function:
    """Our handler, which may not write to the table: one sign-in was not noted."""
    function = deployed(aws, experiments.source("activity_log").code)
    assert function.result(IN) == IN
    return function


def test_the_log_is_kept_for_a_week(aws: Aws, failing: Function) -> None:
    run(aws, RETENTION, group=failing.group)
    (group,) = aws.logs.describe_log_groups(logGroupNamePrefix=failing.group)["logGroups"]
    assert group["retentionInDays"] == 7
    assert 'group = "/aws/lambda/' in RETENTION


def test_the_lines_that_tell_of_a_failure_are_counted(aws: Aws, failing: Function) -> None:
    run(aws, FILTER, group=failing.group)
    (made,) = aws.logs.describe_metric_filters(logGroupName=failing.group)["metricFilters"]
    found = aws.logs.filter_log_events(
        logGroupName=failing.group, filterPattern=made["filterPattern"]
    )
    (event,) = found["events"]
    assert event["message"].startswith("[ERROR]")
    assert "LastLogin was not written" in event["message"]


def test_the_alarm_looks_at_what_is_counted(aws: Aws, failing: Function) -> None:
    topic = aws.client("sns").create_topic(Name="months")["TopicArn"]
    run(aws, FILTER, ALARM, group=failing.group, my_topic_arn=topic)
    (made,) = aws.logs.describe_metric_filters(logGroupName=failing.group)["metricFilters"]
    (counted,) = made["metricTransformations"]
    answer = aws.client("cloudwatch").describe_alarms(AlarmNames=["not-written"])
    (alarm,) = answer["MetricAlarms"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        counted["metricNamespace"],
        counted["metricName"],
    )
    assert (alarm["Threshold"], alarm["Period"]) == (1, 300)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["AlarmActions"] == [topic]


def test_a_queue_takes_the_place_of_the_table(aws: Aws) -> None:
    queue = aws.client("sqs").create_queue(QueueName="months")["QueueUrl"]
    function = deployed(aws, with_queue(), "sqs:SendMessage", QUEUE_URL=queue)
    for _ in range(3):
        assert function.result(IN) == IN
    assert function.result(TRIED) == TRIED
    found = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    bodies = [json.loads(message["Body"]) for message in found["Messages"]]
    assert [body["userName"] for body in bodies] == [IN["userName"]] * 3
    assert "Time" in bodies[0]


def test_without_the_right_to_the_queue_the_sign_in_goes_on(aws: Aws) -> None:
    queue = aws.client("sqs").create_queue(QueueName="months-2")["QueueUrl"]
    function = deployed(aws, with_queue(), QUEUE_URL=queue)
    assert function.result(IN) == IN
    assert any("sqs:sendmessage" in line for line in function.log() if line.startswith("[ERROR]"))


@pytest.mark.parametrize(
    ("event", "told"), [(TRIED, "PreAuthentication"), (IN, "PostAuthentication")]
)
def test_the_query_asks_for_what_the_lines_hold(aws: Aws, event: dict[str, Any], told: str) -> None:
    function = deployed(aws, experiments.source("activity_log").code)
    function.result(event)
    (line,) = (
        json.loads(found[0]) for each in function.log() if (found := re.findall(r"{.*}", each))
    )
    assert set(OWN) <= line.keys()
    asked = re.findall(r'strcontains\(trigger, "(\w+)"\) as (\w+)', QUERY)
    assert [name for text, name in asked if text in line["trigger"]] == [
        {"PreAuthentication": "pre", "PostAuthentication": "post"}[told]
    ]
    words = set(re.findall(r"[@\w]+", re.sub(r'"\w+"', "", QUERY)))
    commands = {"filter", "fields", "stats", "by", "as", "ispresent", "strcontains", "sum", "max"}
    given = {"pre", "post", "tried", "got_in", "last", "@timestamp"}
    assert words - commands - given == set(OWN)


def test_three_runs_of_one_sign_in_are_counted_once(aws: Aws) -> None:
    key = {"UserEmail": "ann@example.com"}
    table = boto3.resource(
        "dynamodb",
        region_name=REGION,
        endpoint_url=aws.endpoint,
        aws_access_key_id=aws.access_key,
        aws_secret_access_key="test",
    ).create_table(
        TableName="counted",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "UserEmail", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "UserEmail", "KeyType": "HASH"}],
    )
    for second, counted in [(0, None), (0, 1), (5, 1), (10, 1), (59, 1), (61, 2)]:
        clock = SimpleNamespace(time=lambda now=second: 1_800_000_000 + now)
        with suppress(table.meta.client.exceptions.ConditionalCheckFailedException):
            run(aws, COUNT, table=table, key=key, time=clock)
        item = table.get_item(Key=key).get("Item", {})
        assert item.get("SignIns") == counted
        table.put_item(Item=key | item)  # from now on, the user is known
