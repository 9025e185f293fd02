"""Thousands of broken files: each is read or refused, and none takes the application with it."""

import random
import re
import signal

import pytest

from models.errors import Refused
from qr.intake import read_upload
from qr.process import Answer
from qr.refusals import REASONS
from tests.qr import corpus
from tests.qr.codes import USUAL
from tests.qr.long_reader import LongReader, kind_of
from tests.qr.pictures import encoded, qr

SEEDS = [
    "drawn by this application",
    "a palette with transparency",
    "grey with transparency",
    "two frames of the same",
    "two pixels a module",
    "a JPEG",
    "a progressive JPEG",
    "a JPEG for printing",
    "a fax",
    "a TIFF with LZW",
    "a TIFF with JPEG",
    "a TIFF with Deflate",
    "a BigTIFF",
    "an SVG drawn by this application",
    "an SVG of squares with a style sheet",
    "an SVG from a drawing program",
    "an SVG of layers upon layers",
    "an SVG of a thousand million laughs",
    "a PDF of a picture",
    "a letter with a small vector code",
    "a letter with a web address",
    "a PDF with a password",
    "a PDF with a picture bomb",
    "a TIFF with absurd entries",
    "a PNG of 7000 by 7000",
]
ROUNDS = 200
"""By day: each way to break a file, and eight broken files of each seed."""
MOST_MEMORY = 800
"""MB, of a process that may address 768 MB beside the libraries that it shares."""
_NUMBERS = (
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\0\0\0\x01",
    b"99999999999",
    b"-1",
    b"1e99",
)


def mutated(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The file with a few bits, numbers or stretches of it changed, cut short or spliced with another."""
    broken = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(broken) or 1)
        match chance.randrange(7):
            case 0 if broken:
                broken[at % len(broken)] ^= 1 << chance.randrange(8)
            case 1:
                broken[at : at + 1] = chance.randbytes(chance.randrange(4))
            case 2:
                broken[at : at + 4] = chance.choice(_NUMBERS)
            case 3:
                del broken[at : at + chance.choice((1, 8, 200))]
            case 4:
                broken[at:at] = broken[at : at + chance.choice((4, 60, 900))] * chance.choice((1, 2, 30))
            case 5:
                _spoil_a_number(broken, chance)
            case _ if chance.random() < 0.2:
                other = chance.choice(others)
                broken = broken[:at] + other[chance.randrange(len(other)) :]
    return bytes(broken)


def _spoil_a_number(broken: bytearray, chance: random.Random) -> None:
    """In texts, where a changed bit mostly makes no number."""
    numbers = list(re.finditer(rb"\d+(?:\.\d+)?", broken[:20_000]))
    if numbers:
        found = chance.choice(numbers)
        broken[found.start() : found.end()] = chance.choice(
            (b"0", b"-1", b"1e9", b"99999999", b"0.0001", b"")
        )


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(ROUNDS, marks=pytest.mark.timeout(240)),
        pytest.param(50 * ROUNDS, marks=[pytest.mark.night, pytest.mark.timeout(3600)]),
    ],
)
def test_each_of_many_broken_files_is_read_or_refused(rounds: int) -> None:
    chance = random.Random(1806)
    samples = [corpus.named(title) for title in SEEDS]
    others = [sample.content for sample in samples]
    outcomes: dict[str, int] = {}
    with LongReader() as reader:
        for number in range(rounds):
            sample = samples[number % len(samples)]
            told = reader.read(kind_of(sample), mutated(sample.content, others, chance))
            if told is not None:
                answer = Answer.model_validate(told)
                assert answer.refused is None or answer.refused in REASONS
                outcome = answer.refused or ("read" if answer.codes else "nothing")
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
        deaths, memory = dict(reader.deaths), reader.memory
    print(outcomes, {signal.Signals(number).name: count for number, count in deaths.items()}, f"{memory} MB")

    assert {"read", "file_damaged", "file_unsafe", "nothing"} <= set(outcomes)
    assert signal.SIGALRM not in deaths
    assert sum(deaths.values()) < max(rounds / 50, 8)
    assert memory < MOST_MEMORY


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=pytest.mark.night) if n % 3 else n for n in range(len(SEEDS))]
)
async def test_broken_uploads(number: int) -> None:
    chance = random.Random(number)
    sample = corpus.named(SEEDS[number])
    broken = mutated(sample.content, [encoded(qr(), "GIF")], chance)
    try:
        found = await read_upload(broken, sample.filename)
    except Refused as refused:
        (refusal,) = refused.refusals
        assert refusal.code in REASONS
        assert USUAL.matching_id not in refusal.sentence
    else:
        assert found.code == USUAL


def test_everything_is_loaded_before_a_file_is_seen() -> None:
    """What a library would load later it could not open any more: a good file would count as damaged."""
    with LongReader() as reader:
        for sample in corpus.good():
            told = reader.read(kind_of(sample), sample.content, seconds=2)
            assert told, sample
            assert told.get("codes"), (sample, told)

        assert reader.missed == set()
        assert reader.deaths == {}
