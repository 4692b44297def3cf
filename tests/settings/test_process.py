from pathlib import Path

import pytest

from accord.domain.errors import UnusableInputError
from accord.settings.process import ProcessRole, ProcessSettings, process_settings

ENVIRONMENT = {
    "ACCORD_DATABASE_URL": "postgresql://u:hush@db/accord",
    "ACCORD_DATA": "/data",
    "ACCORD_HOST": "0.0.0.0",
    "ACCORD_PORT": "9000",
    "ACCORD_ROLE": "receive, work",
    "ACCORD_BROKER_URL": "amqp://u:hush@broker/",
}


def test_without_flags_and_variables_the_defaults_hold() -> None:
    assert process_settings({}) == ProcessSettings()


def test_the_environment_wins_over_the_defaults() -> None:
    assert process_settings(ENVIRONMENT) == ProcessSettings(
        database_url="postgresql://u:hush@db/accord",
        data=Path("/data"),
        host="0.0.0.0",
        port=9000,
        roles=frozenset({ProcessRole.RECEIVE, ProcessRole.WORK}),
        broker_url="amqp://u:hush@broker/",
    )


def test_flags_win_over_the_environment() -> None:
    given = process_settings(
        ENVIRONMENT,
        database_url="postgresql://other/",
        data=Path("here"),
        host="::1",
        port=0,
        roles="sweep",
        broker_url="amqp://other/",
    )

    assert given == ProcessSettings(
        database_url="postgresql://other/",
        data=Path("here"),
        host="::1",
        port=0,
        roles=frozenset({ProcessRole.SWEEP}),
        broker_url="amqp://other/",
    )


def test_an_empty_variable_is_none() -> None:
    assert process_settings(dict.fromkeys(ENVIRONMENT, "")) == ProcessSettings()


@pytest.mark.parametrize("port", ["http", "-1", "65536", "80.5", "٨٠"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(UnusableInputError, match="ACCORD_PORT"):
        process_settings({"ACCORD_PORT": port})


def test_the_password_of_the_database_is_not_printed() -> None:
    assert "hush" not in repr(process_settings(ENVIRONMENT))


@pytest.mark.parametrize("roles", ["cook", "work,cook", "work,", "Work"])
def test_a_role_that_is_none_is_refused_with_those_there_are(roles: str) -> None:
    with pytest.raises(UnusableInputError, match="receive, work, sweep, console"):
        process_settings({}, roles=roles)


def test_only_receivers_behind_a_broker_do_without_the_database() -> None:
    broker = {"ACCORD_BROKER_URL": "amqp://broker/"}

    assert not process_settings(broker, roles="receive").needs_database
    assert process_settings({}, roles="receive").needs_database
    assert process_settings(broker, roles="receive,work").needs_database


def test_names_of_the_pages_are_read_one_by_one() -> None:
    given = process_settings({"ACCORD_PAGES_NAMES": "Accord.example.com, other.example.org,"})

    assert given.pages_names == {"accord.example.com", "other.example.org"}


@pytest.mark.parametrize("names", ["https://a.example", "a.example:80", "*.example", "a b", "."])
def test_what_is_no_name_of_a_host_is_refused(names: str) -> None:
    with pytest.raises(UnusableInputError, match="ACCORD_PAGES_NAMES"):
        process_settings({"ACCORD_PAGES_NAMES": names})
