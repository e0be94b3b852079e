"""What the people of the sample team have had spoken."""

from accounts.models import User
from jobs import actions as jobs
from jobs.models import Job
from leads.demo.names import PERSONA, SPOKEN
from voices.actions import echos
from voices.models import Echo, Voice

ECHOS = (
    ("Front desk", "Answers the phone and the website, from eight to six.", PERSONA, 1.0),
    ("Workshop", "Tells customers where their order is.", "You speak for the workshop. Be short and exact.", 1.1),
)


def make_echos(by: User, voice: Voice | None) -> Echo:
    """The first of them, which answers."""
    voice_id = {"voice_id": voice.voice_id} if voice else {}
    made = [
        echos.create_echo(by=by, name=name, description=words, persona_prompt=persona, speed=speed, **voice_id)
        for name, words, persona, speed in ECHOS
    ]
    return made[0]


def start_jobs(people: list[User], echo: Echo, voice: Voice | None) -> list[Job]:
    """Those that are kept are spoken here; the rest wait for a worker. Without a voice there are none."""
    if voice is None:
        return []
    made = [
        jobs.start_job(by=people[0], title=title, text=text, echo_id=echo.pk, format="mp3", keep=is_kept)
        for title, text, is_kept in SPOKEN
    ]
    for job in made:
        if job.is_kept:
            jobs.run_job(job=job)
    return made
