"""Links to the sounds of jobs that work without signing in, for whoever has them, until the sound expires."""

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

from config.errors import Gone
from jobs.models import TEMP_AUDIO_LIFETIME, Job
from jobs.sounds import GONE

PATH = "/api/temp-audio/"
signer = TimestampSigner(salt="jobs.links")


def signed_path(job: Job) -> str:
    """The path on this site of a completed job's sound, signed."""
    signature = signer.sign(job.audio_id).partition(signer.sep)[2]
    return f"{PATH}{job.audio_id}?signature={signature}"


def is_signed(audio_id: str, signature: str) -> bool:
    """Whether this installation made the signature for this sound, however long ago."""
    try:
        signer.unsign(f"{audio_id}{signer.sep}{signature}")
    except BadSignature:
        return False
    return True


def check_age(audio_id: str, signature: str) -> None:
    """Gone when the link was made longer ago than sounds are there."""
    try:
        signer.unsign(f"{audio_id}{signer.sep}{signature}", max_age=TEMP_AUDIO_LIFETIME)
    except SignatureExpired as error:
        raise Gone(GONE) from error
