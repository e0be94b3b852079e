import threading

import pytest

from config import limits
from config.errors import TooMany


@pytest.fixture(params=["in Redis", "while Redis is away"])
def anywhere(request, settings):
    """Three an hour, counted wherever it may be."""
    if request.param == "in Redis":
        request.getfixturevalue("redis")
    settings.RATES = {"sign_in": "3/h", "register": "1/m", "speech": "off"}


def is_over(key, rule="sign_in"):
    try:
        limits.hit(rule, key)
    except TooMany:
        return True
    return False


def test_so_many_and_no_more(anywhere):
    assert [is_over("ann") for _ in range(5)] == [False, False, False, True, True]


def test_each_key_and_each_rule_is_counted_alone(anywhere):
    for _ in range(3):
        limits.hit("sign_in", "ann")
    limits.hit("sign_in", "ben")
    limits.hit("register", "ann")
    assert is_over("ann")


def test_a_refusal_says_how_long_to_wait(anywhere):
    limits.hit("register", "ann")
    with pytest.raises(TooMany) as refused:
        limits.hit("register", "ann")
    wait = refused.value.retry_after
    assert 55 <= wait <= 60
    assert refused.value.message == f"Too many new accounts from your address. Wait {wait} seconds and try again."
    assert (refused.value.status, refused.value.code) == (429, "too_many")


def test_one_hit_is_given_back(anywhere):
    for _ in range(3):
        limits.hit("sign_in", "ann")
    limits.give_back("sign_in", "ann")
    assert [is_over("ann"), is_over("ann")] == [False, True]


def test_all_hits_of_one_key_are_cleared(anywhere):
    for key in ("ann", "ben"):
        for _ in range(3):
            limits.hit("sign_in", key)
    limits.clear("sign_in", "ann")
    assert [is_over("ann") for _ in range(4)] == [False, False, False, True]
    assert is_over("ben")


def test_a_cost_counts_at_once(anywhere):
    limits.hit("sign_in", "ann", cost=3)
    assert is_over("ann")


def test_a_limit_that_is_off_never_refuses(anywhere):
    assert not any(is_over("ann", "speech") for _ in range(50))
    limits.give_back("speech", "ann")
    limits.clear("speech", "ann")


def test_limits_hold_while_redis_goes_and_comes_back(redis, settings):
    settings.RATES = {"sign_in": "1/h"}
    limits.hit("sign_in", "ann")
    assert is_over("ann")
    redis.stop()
    limits.hit("sign_in", "ann")
    assert is_over("ann")
    redis.start()
    assert is_over("ann")  # Redis is not asked again for a moment
    limits.away.end()
    limits.hit("sign_in", "ann")
    assert is_over("ann")


def test_many_at_once_never_exceed_the_limit(redis, settings):
    settings.RATES = {"sign_in": "30/h"}
    passed, barrier = [], threading.Barrier(20)

    def try_five_times():
        barrier.wait()
        passed.extend(not is_over("ann") for _ in range(5))

    threads = [threading.Thread(target=try_five_times) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(passed), sum(passed)) == (100, 30)
