import pytest

from voices.reference_advice import GOOD, advice

FINE = {"duration": 20.0, "peak_db": -6.0, "clipped_share": 0.0, "speech_share": 0.8}


@pytest.mark.parametrize("seconds", [10.0, 20.0, 30.0])
def test_a_good_recording_is_called_good(seconds):
    assert advice(**FINE | {"duration": seconds}) == [GOOD]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"duration": 4.24}, "Short: 4.2 s. A voice gets better from 10 to 30 seconds of speech."),
        ({"duration": 125.0}, "Long: 2 min 5 s. 10 to 30 seconds of clear speech are enough."),
        ({"peak_db": -34.4}, "Too quiet: its loudest moment is at -34 dB. Go nearer to the microphone."),
        ({"clipped_share": 0.02}, "Too loud: its tops are cut off. Record it again at a lower level."),
        ({"speech_share": 0.48}, "Half of it is silence: leave out long pauses."),
        ({"speech_share": 0.2}, "80 % of it is silence: leave out long pauses."),
    ],
)
def test_each_fault_has_its_sentence(fault, sentence):
    assert advice(**FINE | fault) == [sentence]


def test_several_faults_are_all_told():
    assert len(advice(duration=2.0, peak_db=-40.0, clipped_share=0.0, speech_share=0.1)) == 3
