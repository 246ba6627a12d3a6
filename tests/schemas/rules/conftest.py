"""An empty database for each test, sound when the test ends."""

from collections.abc import Iterator

import pytest

from docdb import Database
from tests.schemas.rules.applications import Emptied, Opened, opened
from tests.schemas.rules.making import Maker


@pytest.fixture(name="emptied", scope="session")
def databases_of_all_tests() -> Iterator[Emptied]:
    """The databases, opened once: five schemas take longer to apply than most tests."""
    with Emptied() as emptied:
        yield emptied


@pytest.fixture(name="opened_application")
def database_and_maker(application: str, emptied: Emptied) -> Iterator[Opened]:
    """What is opened for the application that a test file, or one case of it, is about."""
    with opened(application, emptied) as both:
        yield both


@pytest.fixture(name="db")
def database_of_the_application(opened_application: Opened) -> Database:
    """The database."""
    return opened_application.db


@pytest.fixture(name="maker")
def maker_of_the_application(opened_application: Opened) -> Maker:
    """What makes documents for it."""
    return opened_application.maker
