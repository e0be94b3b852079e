import os
import stat
import subprocess
import sys

import pytest

from config import env as environment

GOOD = "k9Zr2-Vt7qLx0cBnEw4uYh8sGd3mPa6f"


@pytest.fixture(autouse=True)
def environ():
    """The environment of each test is its own."""
    kept = dict(os.environ)
    os.environ.clear()
    os.environ["PATH"] = kept["PATH"]
    yield os.environ
    os.environ.clear()
    os.environ.update(kept)


@pytest.fixture
def load(tmp_path, environ):
    """Read an environment, with a `.env` of so many lines."""

    def load(*lines, **values):
        environ.update(values)
        (tmp_path / ".env").write_text("\n".join(lines))
        return environment.load(tmp_path / ".env")

    return load


def sentence(stopped):
    """What a person reads when it can't start; a string makes the exit code 1."""
    assert stopped.value.code.startswith("Echodesk can't start: ")
    return stopped.value.code.removeprefix("Echodesk can't start: ")


@pytest.mark.parametrize(("old", "new"), environment.OLD_NAMES.items())
def test_an_old_name_is_read_as_the_new_one(load, old, new):
    assert load(**{old: "some value"}).str(new) == "some value"


def test_an_old_name_in_the_file_is_read_too(load):
    assert load("MONGO_URI=mongodb://db.example/studio").str("MONGODB_URI") == "mongodb://db.example/studio"


def test_both_names_with_the_same_value_are_one(load):
    assert load(MONGO_URI="mongodb://a", MONGODB_URI="mongodb://a").str("MONGODB_URI") == "mongodb://a"


@pytest.mark.parametrize(("old", "new"), [("MONGODB_URL", "MONGODB_URI"), ("REGION_NAME", "S3_REGION")])
def test_two_names_with_different_values_stop_the_start(load, old, new):
    with pytest.raises(SystemExit) as stopped:
        load(**{old: "one", new: "other"})
    assert sentence(stopped) == f"{old} and {new} have different values. {old} is the old name; keep {new} alone."


def test_two_old_names_with_different_values_stop_it_too(load):
    with pytest.raises(SystemExit) as stopped:
        load(MONGODB_URL="one", MONGO_URI="other")
    assert "MONGO_URI" in sentence(stopped)


@pytest.mark.parametrize("value", ["false", "0", "no"])
def test_use_mongodb_false_means_no_address(load, value):
    assert load(USE_MONGODB=value, MONGODB_URL="mongodb://a").str("MONGODB_URI", "") == ""


def test_use_mongodb_true_changes_nothing(load):
    assert load(USE_MONGODB="true", MONGODB_URI="mongodb://a").str("MONGODB_URI", "") == "mongodb://a"


def test_empty_values_are_as_if_absent(load):
    env = load("PORT=", "HOST=  ", MONGODB_URL="", MONGODB_URI="mongodb://a", USE_MONGODB=" ")
    assert env.int("PORT", 8000) == 8000
    assert env.str("HOST", "127.0.0.1") == "127.0.0.1"
    assert env.str("MONGODB_URI") == "mongodb://a"


def test_the_example_as_it_is_leaves_the_defaults(settings):
    env = environment.load(settings.BASE_DIR / ".env.example")
    for name in ("MONGODB_URI", "REDIS_URL", "SECRET_KEY", "SITE_URL", "VAR_DIR", "WORKERS"):
        assert env.str(name, "the default") == "the default"


def test_the_environment_comes_before_the_file(load):
    assert load("DEFAULT_VOICE=file", DEFAULT_VOICE="environment").str("DEFAULT_VOICE") == "environment"


@pytest.mark.parametrize(
    ("uri", "database"),
    [
        ("", ""),
        ("mongodb://localhost:27017", ""),
        ("mongodb://localhost:27017/", ""),
        ("mongodb://ann:pw@one:1,two:2/studio?replicaSet=rs0", "studio"),
        ("mongodb+srv://cluster.example/desk", "desk"),
    ],
)
def test_the_database_in_an_address(uri, database):
    assert environment.database_in(uri) == database


def test_a_good_secret_key_is_taken_and_no_file_made(load, tmp_path):
    assert environment.secret_key(load(SECRET_KEY=GOOD), kept_in=tmp_path / "key") == GOOD
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("", "is not set"),
        (GOOD[:-1], "shorter than 32 characters"),
        ("a" * 40, "placeholder"),
        ("abcdefg" * 6, "placeholder"),
        ("django-insecure-" + GOOD, "placeholder"),
        ("CHANGE-me-" + GOOD, "placeholder"),
        ("your-secret-key-here-please-1234567890", "placeholder"),
    ],
)
def test_a_poor_secret_key_stops_the_start(load, key, why):
    with pytest.raises(SystemExit) as stopped:
        environment.secret_key(load(SECRET_KEY=key), kept_in=None)
    assert "SECRET_KEY" in sentence(stopped)
    assert why in sentence(stopped)


def test_a_key_is_made_once_for_its_owner_alone(load, tmp_path):
    path = tmp_path / "var" / "secret_key"
    made = environment.secret_key(load(), kept_in=path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert environment.secret_key(load(), kept_in=path) == made == path.read_text()
    assert [file.name for file in path.parent.iterdir()] == ["secret_key"]
    assert environment.made_once(tmp_path / "other") != made


def test_a_poor_key_in_the_file_stops_the_start_too(load, tmp_path):
    (tmp_path / "key").write_text("short")
    with pytest.raises(SystemExit):
        environment.secret_key(load(), kept_in=tmp_path / "key")


def test_processes_that_start_at_once_get_the_same_key(tmp_path, settings):
    code = "import sys, pathlib; from config.env import made_once; input(); print(made_once(pathlib.Path(sys.argv[1])))"
    command = [sys.executable, "-c", code, str(tmp_path / "key")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, cwd=settings.BASE_DIR, **pipes) for _ in range(4)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    keys = {process.communicate()[0].strip() for process in processes}
    assert keys == {(tmp_path / "key").read_text()}


def test_with_mongodb_the_settings_want_a_secret_key(tmp_path, settings):
    var = tmp_path / "var"
    environ = {"PATH": os.environ["PATH"], "MONGODB_URI": "mongodb://127.0.0.1:1/", "VAR_DIR": str(var)}
    command = [sys.executable, "-c", "import config.settings"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().startswith("Echodesk can't start: SECRET_KEY is not set.")
    assert not var.exists()


@pytest.mark.parametrize("value", ["5/s", "5/m", "100/h", "1/d", "off"])
def test_a_rate_is_a_number_and_a_unit_or_off(load, value):
    assert environment.rate(load(RATE_SIGN_IN=value), "RATE_SIGN_IN", "9/m") == value


@pytest.mark.parametrize("value", ["0/m", "5", "5/w", "m/5", "-1/m", "5/min", "five/m", "5/m off", "OFF"])
def test_any_other_rate_stops_the_start(load, value):
    with pytest.raises(SystemExit) as stopped:
        environment.rate(load(RATE_SIGN_IN=value), "RATE_SIGN_IN", "9/m")
    assert sentence(stopped).startswith(f"RATE_SIGN_IN is '{value}'.")
    assert "9/m" in sentence(stopped)


def test_an_empty_rate_is_the_default(load):
    assert environment.rate(load(RATE_SIGN_IN=""), "RATE_SIGN_IN", "9/m") == "9/m"


@pytest.mark.parametrize(("value", "key"), [("", ""), (" abc-123 ", "abc-123")])
def test_an_api_key(load, value, key):
    assert environment.api_key(load(FISH_API_KEY=value), "FISH_API_KEY") == key


@pytest.mark.parametrize("value", ["two words", "“quoted”", "line\nline"])
def test_an_api_key_that_no_header_takes_stops_the_start_and_is_not_shown(load, value):
    with pytest.raises(SystemExit) as stopped:
        environment.api_key(load(FISH_API_KEY=value), "FISH_API_KEY")
    assert sentence(stopped).startswith("FISH_API_KEY has characters")
    assert value not in sentence(stopped)


def test_pairs():
    assert environment.pairs("") == {}
    assert environment.pairs("a=b, c=d=e,,nonsense") == {"a": "b", "c": "d=e"}


def test_days_are_a_number_or_for_ever(load):
    assert environment.days(load(), "TRANSCRIPT_RETENTION_DAYS") is None
    assert environment.days(load(TRANSCRIPT_RETENTION_DAYS=""), "TRANSCRIPT_RETENTION_DAYS") is None
    assert environment.days(load(TRANSCRIPT_RETENTION_DAYS="365"), "TRANSCRIPT_RETENTION_DAYS") == 365
    for value in ("0", "-1", "ever", "1.5", "9999999"):
        with pytest.raises(SystemExit, match="whole number of days"):
            environment.days(load(TRANSCRIPT_RETENTION_DAYS=value), "TRANSCRIPT_RETENTION_DAYS")
