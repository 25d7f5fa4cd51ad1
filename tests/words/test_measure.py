"""The measure itself, against numbers counted by hand."""

import pytest

from tests.words.measure import full_stops, lix, sentences, words


def test_a_number_is_a_word_and_a_sign_is_not() -> None:
    assert words("• 12–14 år: «ja», 116 117!") == ["12–14", "år", "ja", "116", "117"]


def test_lines_and_colons_end_a_sentence() -> None:
    assert sentences("Dette hørte jeg:\n• Mat\nStemmer det?") == ["Dette hørte jeg", "• Mat", "Stemmer det"]
    assert full_stops("Les mer: her. Ja! 113.") == ["Les mer: her", " Ja", " 113"]


def test_lix_adds_the_length_of_sentences_to_the_share_of_long_words() -> None:
    text = "Kommunen leser dette. Jeg er her."  # 6 words, 2 sentences, 1 word of seven letters or more
    assert lix([text]) == pytest.approx(6 / 2 + 100 / 6)
    assert lix([text], subject_words=["kommunen"]) == pytest.approx(3)
