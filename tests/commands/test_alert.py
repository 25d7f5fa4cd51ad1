"""The way staff are told that something waits, tried and looked after from the command line."""

import json

from tests.commands.lytt import Lytt


def alerts(lytt: Lytt, **settings: str) -> dict[str, str]:
    """What the doctor finds of alerts."""
    found = json.loads(lytt("doctor", "--json", **settings).stdout)
    return next(each for each in found if each["name"] == "alerts")


def test_a_route_is_tried_and_then_known(lytt: Lytt) -> None:
    lytt("chat", typed="16-17\n")
    assert alerts(lytt, alert_command="true")["about"] == (
        "no alert was ever sent this way: run `lytt alert test`"
    )
    tried = lytt("alert", "test", alert_command="true")
    assert (tried.returncode, tried.stdout) == (0, "1 told. Ask them whether it came.\n")
    assert alerts(lytt, alert_command="true")["state"] == "ok"


def test_a_route_that_fails_is_one_clear_line(lytt: Lytt) -> None:
    for settings, said in (
        ({}, "set LYTT_ALERT_MAIL and LYTT_SMTP_URL, or LYTT_ALERT_COMMAND"),
        ({"alert_command": "false"}, "LYTT_ALERT_COMMAND ended with status 1"),
        ({"alert_mail": "a@b.test", "smtp_url": "nowhere"}, "LYTT_SMTP_URL is smtp://"),
    ):
        refused = lytt("alert", "test", **settings)
        assert refused.returncode == 1
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr


def test_production_says_all_that_is_missing_and_serves_nobody(lytt: Lytt) -> None:
    lytt("keys", "create")
    refused = lytt("serve", "--port", "0", environment="production")
    assert refused.returncode == 1
    assert refused.stderr.count("\n- ") >= 7
    assert "lytt alert test" not in refused.stderr  # there is no route to try yet
    doctor = lytt("doctor", environment="production")
    assert doctor.returncode == 1
    assert "ready for people" in doctor.stdout
