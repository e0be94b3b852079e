import datetime as dt

from django.contrib.sessions.models import Session

from accounts.actions import sign_in
from config import times


def test_sessions_that_have_run_out_are_deleted(page, alice, bob):
    old, new = page(alice), page(bob)
    yesterday = times.now() - dt.timedelta(days=1)
    Session.objects.filter(pk=old.session.session_key).update(expire_date=yesterday)
    sign_in.clear_sessions()
    assert [session.pk for session in Session.objects.all()] == [new.session.session_key]
