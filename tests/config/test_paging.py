import base64
import datetime as dt

import pytest

from accounts.models import Team
from config import times
from config.errors import Unprocessable
from config.paging import encode
from config.paging import page as page_of

NOW = times.now()
ID = "65a1b2c3d4e5f60718293a4b"


def make(count, *, at=NOW):
    return [Team.objects.create(name=f"Team {number}", created_at=at) for number in range(count)]


def walk(limit, after_each=lambda: None):
    """Every row of every page, in order."""
    cursor, seen = None, []
    while True:
        page = page_of(Team.objects.all(), cursor=cursor, limit=limit)
        assert len(page.items) <= limit
        seen += page.items
        cursor = page.next
        if cursor is None:
            return seen
        after_each()


def test_no_rows_are_one_empty_page(db):
    page = page_of(Team.objects.all())
    assert (page.items, page.next) == ([], None)


def test_the_newest_come_first(db):
    old, newest, middle = (make(1, at=NOW - dt.timedelta(milliseconds=ago))[0] for ago in (9, 0, 1))
    assert page_of(Team.objects.all()).items == [newest, middle, old]


def test_a_full_last_page_has_no_next(db):
    make(4)
    first = page_of(Team.objects.all(), limit=2)
    second = page_of(Team.objects.all(), cursor=first.next, limit=2)
    assert first.next
    assert (len(second.items), second.next) == (2, None)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_rows_of_the_same_millisecond_come_once_each(db, limit):
    rows = make(7)
    assert walk(limit) == sorted(rows, key=lambda row: row.pk, reverse=True)


@pytest.mark.parametrize("limit", [1, 3, 4])
def test_a_walk_over_many_times_gives_every_row_once(db, limit):
    rows = [row for number in range(4) for row in make(3, at=NOW - dt.timedelta(milliseconds=number // 2))]
    assert walk(limit) == sorted(rows, key=lambda row: (row.created_at, row.pk), reverse=True)


def test_new_rows_do_not_disturb_a_walk(db):
    rows = make(5)
    newer = NOW + dt.timedelta(milliseconds=1)
    assert {row.pk for row in walk(2, lambda: make(3, at=newer))} == {row.pk for row in rows}


def test_the_row_a_cursor_names_may_go(db):
    make(5)
    first = page_of(Team.objects.all(), limit=2)
    rest = list(Team.objects.exclude(pk__in=[row.pk for row in first.items]))
    first.items[-1].delete()
    assert set(page_of(Team.objects.all(), cursor=first.next).items) == set(rest)


def test_the_filter_of_the_list_stays(db):
    make(6)
    wanted = Team.objects.filter(name__in=["Team 1", "Team 2", "Team 4"])
    first = page_of(wanted, limit=2)
    second = page_of(wanted, cursor=first.next, limit=2)
    assert {row.name for row in first.items + second.items} == {"Team 1", "Team 2", "Team 4"}


def test_a_page_costs_one_query_however_deep(db, django_assert_num_queries):
    make(9)
    with django_assert_num_queries(1):
        cursor = page_of(Team.objects.all(), limit=2).next
    with django_assert_num_queries(1):
        assert page_of(Team.objects.all(), cursor=cursor, limit=2).next


def forged(text):
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "\0",
        "null",
        "////",
        "_" * 200,
        forged("no colon"),
        forged(f"1:{ID}:3"),
        forged(f"now:{ID}"),
        forged(f"nan:{ID}"),
        forged("1:nonsense"),
        forged("1:"),
        forged(f"{'9' * 30}:{ID}"),
        forged(f"-{'9' * 17}:{ID}"),
        forged(f"{'9' * 5000}:{ID}"),
    ],
)
def test_a_cursor_that_no_list_gave_is_refused(db, cursor):
    with pytest.raises(Unprocessable) as refused:
        page_of(Team.objects.all(), cursor=cursor)
    assert (refused.value.status, refused.value.field) == (422, "cursor")


def test_a_made_up_cursor_of_the_right_form_shows_no_more_than_the_list(db):
    mine, _ = make(2)
    row = Team(pk="f" * 24, created_at=NOW + dt.timedelta(days=1))
    assert page_of(Team.objects.filter(pk=mine.pk), cursor=encode(row)).items == [mine]


def test_api_says_what_is_wrong_with_a_cursor_and_where(api, alice):
    answer = api(alice).get("/api/jobs?cursor=forged")
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": "The cursor is not one this list gave.",
        "code": "invalid",
        "errors": [
            {"loc": ["query", "cursor"], "msg": "The cursor is not one this list gave.", "type": "invalid"},
        ],
    }
