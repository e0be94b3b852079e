from config import hooks, sweeper


def test_what_is_registered_twice_counts_once_and_in_order():
    hook = hooks.Hook()
    assert [hook.register(item) for item in ("b", "a", "b")] == ["b", "a", "b"]
    assert list(hook) == ["b", "a"]


def test_the_same_sweep_is_one():
    hook = hooks.Hook()
    for every in (1, 1, 2):
        hook.register(hooks.Sweep(every, sweeper.run))
    assert [sweep.every for sweep in hook] == [1, 2]
