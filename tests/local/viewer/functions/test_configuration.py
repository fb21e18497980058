from local.viewer.functions.configuration import entries, log_group
from local.viewer.functions.pages import shown
from local.viewer.functions.reading import Reports
from local.viewer.functions.report import report


def test_a_configuration_is_a_list() -> None:
    """What the API's page of GetFunctionConfiguration has, in words; what is not there is left out."""
    one = {
        "FunctionName": "f",
        "Runtime": "python3.12",
        "MemorySize": 512,
        "Timeout": 3,
        "Architectures": ["arm64"],
        "EphemeralStorage": {"Size": 1024},
        "SnapStart": {"ApplyOn": "PublishedVersions"},
        "Environment": {"Variables": {"B": "secret", "A": "secret"}},
    }
    assert list(entries(one)) == [
        ("Runtime", "python3.12"),
        ("Architecture", "arm64"),
        ("Memory", "512 MB"),
        ("Timeout", "3 s"),
        ("Temporary storage", "1024 MB"),
        ("SnapStart", "PublishedVersions"),
        ("Log group", "/aws/lambda/f"),
        ("Environment", "A, B"),
    ]


def test_its_log_group() -> None:
    """As the configuration says, else by the function's name."""
    assert log_group({"FunctionName": "f", "LoggingConfig": {"LogGroup": "/own"}}) == "/own"
    assert log_group({"FunctionName": "f"}) == "/aws/lambda/f"


def test_reports_as_the_script_gets_them() -> None:
    """Points of the plots, bars of the warm durations, rows of the table; how many reports there are in all."""
    row = {"@timestamp": "1970-01-01 00:00:01.000", "@duration": "12.5", "@maxMemoryUsed": "90000000"}
    cold = {**row, "@initDuration": "200", "record.status": "timeout"}
    found = shown(Reports([report(row), report(cold)], 5))
    assert found["durations"] == [[1000, 0.0125, "ok", False, ""], [1000, 0.0125, "fault", True, ""]]
    assert found["memory"][0] == [1000, 90.0, "ok", False, ""]
    assert found["bins"] == [[0.01, 0.0126, 1]]
    assert (found["count"], found["matched"], found["rows"][1]["cold"]) == (2, 5, True)
