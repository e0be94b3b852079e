"""`manage.py speak`, with real workers."""

from pathlib import Path

import av
import pytest

from jobs.management.commands.speak import Command
from jobs.models import Job
from tests.jobs.decoding import CONTAINERS, assert_lasts, decode
from tests.voices.models import make_echo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def speak(start, tmp_path):
    """Runs `manage.py speak` in a process of its own: its exit status, what it wrote, and its errors."""

    def speak(*arguments, output="hello.wav"):
        process = start("speak", *arguments, "-o", str(tmp_path / output))
        said, _ = process.communicate(timeout=30)
        return process.returncode, said, Path(process.errors).read_text()

    return speak


@pytest.fixture
def speak_here(tmp_path, capsys):
    """The same in this process, which takes no seconds to start."""

    def speak(*arguments, output="hello.wav"):
        try:
            Command().run_from_argv(["manage.py", "speak", *arguments, "-o", str(tmp_path / output)])
            code = 0
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return speak


def test_the_command_speaks_through_a_worker(bob, alice, demo, start_worker, speak, speak_here, tmp_path):
    start_worker()
    code, said, errors = speak("Hello. Good morning.")
    assert (code, "ready 100 %" in errors) == (0, True), errors
    job = Job.objects.get()
    assert said == f"{tmp_path / 'hello.wav'}: {job.duration:.1f} seconds, job {job.job_id}\n"
    assert (job.user, job.format) == (bob, "wav")
    with av.open(str(tmp_path / "hello.wav")) as container:
        frames = list(container.decode(audio=0))
    assert sum(frame.samples for frame in frames) / frames[0].rate == pytest.approx(job.duration, abs=0.001)
    code, _, errors = speak_here(
        "Hello.", "--voice", "demo", "--speaker", "high", "--user", "Alice@Example.com", output="a.mp3"
    )
    job = Job.objects.get(user=alice)
    assert (code, job.format, job.speaker) == (0, "mp3", "high"), errors


def test_the_command_writes_what_the_file_is_called(bob, demo, start_worker, speak_here, tmp_path):
    start_worker()
    for kind in ("opus", "flac", "aac", "PCM"):
        code, said, errors = speak_here("Hello.", output=f"a.{kind}")
        job = Job.objects.latest("job_id")
        assert (code, job.format) == (0, kind.lower()), errors
        rate = " at 22,050 Hz" if kind == "PCM" else ""
        assert said == f"{tmp_path / 'a'}.{kind}: {job.duration:.1f} seconds{rate}, job {job.job_id}\n"
        sound = decode(tmp_path / f"a.{kind}", raw_rate=job.sample_rate if kind == "PCM" else None)
        assert sound.container == CONTAINERS[kind.lower()]
        assert_lasts(sound, job.duration)
    code, _, errors = speak_here("Hello.", output="a.ogg")
    assert (code, "ogg is not a known format." in errors) == (1, True)


def test_the_command_speaks_as_an_echo(bob, demo, start_worker, speak_here, tmp_path):
    start_worker()
    echo = make_echo(bob, voice_id=demo.voice_id, speed=2.0)
    code, _, errors = speak_here("Hello.", "--echo", echo.pk, "--user", bob.email)
    job = Job.objects.get()
    assert (code, job.echo_id, job.speed) == (0, echo.pk, 2.0), errors


def test_the_command_without_a_worker_leaves_the_job_waiting(
    bob, demo, speak, speak_here, redis, start_worker, tmp_path
):
    start_worker("--network")  # which does not speak
    code, _, errors = speak("Hello.")
    assert (code, Job.objects.get().status) == (2, "queued")
    assert "No worker is up. Job 1 stays queued and runs as soon as one is" in errors
    assert not (tmp_path / "hello.wav").exists()
    redis.stop()
    assert speak_here("Hello.")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["Hello.", "--voice", "nobody"], "There is no voice nobody to speak with."),
        (["Hello.", "--model", "nobody"], "There is no voice model nobody to speak with."),
        (
            ["Hello.", "--model", "nobody", "--echo", "nobody"],
            "Name one of voice_id, model_id and echo_id",
        ),
        (["Hello.", "--user", "nobody@example.com"], "There is no account nobody@example.com."),
        (["..."], "nothing to say"),
        (["Hello.", "--speed", "9"], "This voice speaks at 0.25 to 4 times its own speed."),
    ],
)
def test_the_command_refuses_with_a_sentence(bob, demo, speak_here, arguments, sentence):
    code, _, errors = speak_here(*arguments)
    assert (code, "Traceback" in errors) == (1, False)
    assert sentence in errors
    assert not Job.objects.exists()


def test_a_process_that_is_refused_ends_with_1_and_the_sentence_alone(bob, demo, speak):
    code, said, errors = speak("...")
    assert (code, said, "Traceback" in errors) == (1, "", False)
    assert "nothing to say" in errors
