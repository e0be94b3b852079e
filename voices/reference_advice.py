"""How good a recording is for cloning, in sentences. Nothing here refuses one."""

SHORT_SECONDS, LONG_SECONDS = 10.0, 30.0  # between them lies what a voice is best made of
QUIET_DB = -26.0  # dBFS of the loudest moment
CLIPPED_SHARE = 0.001  # of the samples; a sound that is only made as loud as can be has far fewer at the top
SPEECH_SHARE = 0.5  # of the time; fluent speech has 0.7 to 0.9
GOOD = "Good for cloning."


def advice(duration: float, peak_db: float, clipped_share: float, speech_share: float) -> list[str]:
    """What its owner should know; `duration` in seconds, `peak_db` in dBFS, shares from 0 to 1."""
    sentences = {
        f"Short: {seconds(duration)}. A voice gets better from 10 to 30 seconds of speech.": duration < SHORT_SECONDS,
        f"Long: {seconds(duration)}. 10 to 30 seconds of clear speech are enough.": duration > LONG_SECONDS,
        f"Too quiet: its loudest moment is at {peak_db:.0f} dB. Go nearer to the microphone.": peak_db < QUIET_DB,
        "Too loud: its tops are cut off. Record it again at a lower level.": clipped_share > CLIPPED_SHARE,
        f"{silence(speech_share)} of it is silence: leave out long pauses.": speech_share < SPEECH_SHARE,
    }
    return [sentence for sentence, is_so in sentences.items() if is_so] or [GOOD]


def seconds(duration: float) -> str:
    minutes, rest = divmod(int(duration), 60)
    return f"{minutes} min {rest} s" if minutes else f"{duration:.1f} s".replace(".0 s", " s")


def silence(speech_share: float) -> str:
    percent = round(100 * (1 - speech_share))
    return "Half" if percent < 55 else f"{percent} %"
