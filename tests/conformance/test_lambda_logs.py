"""Contract 10: what functions leave in CloudWatch Logs."""

import json
import re
import time

from harness import Aws

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TALK = """
import logging, sys
print("module")
log = logging.getLogger()
def handler(event, context):
    print("printed")
    print("two\\nlines")
    print("to stderr", file=sys.stderr)
    log.warning("careful\\nreader")
    log.info("not shown by default")
    return event
"""
SLEEP = "import time\ndef handler(event, context):\n    time.sleep(event.get('for', 0))\n"


def test_group_and_stream_have_their_names(aws: Aws) -> None:
    function = aws.function(TALK)
    function.invoke({})
    day = time.strftime("%Y/%m/%d", time.gmtime())
    (stream,) = function.streams()
    assert re.fullmatch(rf"{day}/\[\$LATEST\][0-9a-f]{{32}}", stream)


def test_the_lines_of_a_cold_start(aws: Aws) -> None:
    function = aws.function(TALK)
    function.invoke({})
    patterns = [
        r"INIT_START Runtime Version: python:3\.11\.v\d+\t"
        r"Runtime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}\n",
        r"module\n",
        rf"START RequestId: {UUID} Version: \$LATEST\n",
        r"printed\n",
        r"two\n",
        r"lines\n",
        r"to stderr\n",
        rf"\[WARNING\]\t\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{UUID}\tcareful\nreader\n",
        rf"END RequestId: {UUID}\n",
        rf"REPORT RequestId: {UUID}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\t"
        r"Memory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t\n",
    ]
    lines = function.log()
    assert len(lines) == len(patterns)
    for line, pattern in zip(lines, patterns, strict=True):
        assert re.fullmatch(pattern, line), line


def test_a_warm_start_has_no_init(aws: Aws) -> None:
    function = aws.function(TALK)
    function.invoke({})
    cold = len(function.log())
    function.invoke({})
    warm = function.log()[cold:]
    assert warm[0].startswith("START")
    assert "module\n" not in warm
    assert "Init Duration" not in warm[-1]


def test_the_durations_are_true(aws: Aws) -> None:
    function = aws.function(SLEEP)
    function.invoke({"for": 0.3})
    report = function.log()[-1]
    duration = float(re.search(r"\tDuration: ([\d.]+) ms", report)[1])  # type: ignore[index]
    init = float(re.search(r"Init Duration: ([\d.]+) ms", report)[1])  # type: ignore[index]
    billed = int(re.search(r"Billed Duration: (\d+) ms", report)[1])  # type: ignore[index]
    assert 300 <= duration < 800
    assert billed - 1 < duration + init <= billed


def test_timestamps_are_in_order_and_of_now(aws: Aws) -> None:
    function = aws.function(TALK)
    before = int(time.time() * 1000)
    function.invoke({})
    events = aws.logs.get_log_events(
        logGroupName=function.group, logStreamName=function.streams()[0], startFromHead=True
    )["events"]
    stamps = [event["timestamp"] for event in events]
    assert stamps == sorted(stamps)
    assert before - 5 <= stamps[0] <= stamps[-1] <= time.time() * 1000 + 5


def test_a_traceback_is_one_event(aws: Aws) -> None:
    function = aws.function("def handler(event, context):\n    raise KeyError('x')\n")
    function.invoke()
    (told,) = [line for line in function.log() if "KeyError" in line]
    assert told.startswith("[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n")
    assert '\n\u00a0\u00a0File "/var/task/index.py", line 2, in handler' in told


def test_logging_with_basic_config_stays_lambdas(aws: Aws) -> None:
    function = aws.function(
        "import logging\n"
        "logging.basicConfig(level=logging.INFO, format='mine')\n"
        "def handler(event, context):\n"
        "    logging.info('hidden')\n"
        "    logging.getLogger().setLevel('INFO')\n"
        "    logging.getLogger('x').info('shown')\n"
    )
    function.invoke()
    log = "".join(function.log())
    assert "hidden" not in log
    assert re.search(rf"\[INFO\]\t\S+Z\t{UUID}\tshown\n", log)


def test_output_past_python_is_kept_too(aws: Aws) -> None:
    function = aws.function(
        "import os, subprocess\n"
        "def handler(event, context):\n"
        "    os.write(1, b'written\\n')\n"
        "    subprocess.run(['echo', 'from a child'])\n"
    )
    function.invoke()
    function.invoke()
    assert function.log().count("written\n") == 2
    assert function.log().count("from a child\n") == 2


def test_the_log_group_can_be_another(aws: Aws) -> None:
    function = aws.function(TALK, LoggingConfig={"LogGroup": "/shared/group"})
    function.invoke({})
    assert function.log() == []
    streams = aws.logs.describe_log_streams(logGroupName="/shared/group")["logStreams"]
    assert len(streams) == 1
    shown = aws.lambdas.get_function_configuration(FunctionName=function.name)
    assert shown["LoggingConfig"]["LogGroup"] == "/shared/group"


def test_the_log_can_be_json(aws: Aws) -> None:
    config = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO"}
    function = aws.function(TALK, LoggingConfig=config)
    function.invoke({})
    log = function.log()
    parsed = [json.loads(line) for line in log if line.startswith("{")]
    assert [entry["type"] for entry in parsed if "type" in entry] == [
        "platform.initStart",
        "platform.start",
        "platform.report",
    ]
    warning, info = (entry for entry in parsed if "level" in entry)
    assert warning["level"] == "WARNING"
    assert warning["message"] == "careful\nreader"
    assert info["message"] == "not shown by default"
    assert re.fullmatch(UUID, info["requestId"])


def test_a_deleted_log_group_comes_back(aws: Aws) -> None:
    function = aws.function(TALK)
    function.invoke({})
    aws.logs.delete_log_group(logGroupName=function.group)
    function.invoke({})
    assert function.log()[0].startswith("START")
