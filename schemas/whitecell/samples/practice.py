"""Sample attempts of the mind module: chess puzzles, cube solves and logic puzzles."""

from ...sampling import Document, Sample
from ...vocabulary import slug
from .people import visit

__all__ = ["PRACTICE_MAKERS"]

_CUBE_SECONDS = {"2x2": 6, "3x3": 22, "4x4": 70, "pyraminx": 9}
_TURNS = tuple(face + turn for face in "RLUDFB" for turn in ("", "'", "2"))


def _chess_puzzle(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    rating = int(random.gauss(1500, 300))
    return {
        "userId": person.id,
        "lichessPuzzleId": slug(random, characters=5),
        "date": at,
        "solved": deal.chance("chess_puzzles.solved", 7),
        "timeSpent": int(random.lognormvariate(3.5, 0.8)),
        "difficulty": rating,
        "attempts": deal.pick("chess_puzzles.attempts", (1, 1, 1, 2, 3)),
        "hintUsed": deal.chance("chess_puzzles.hintUsed", 2),
        "userRating": deal.maybe(
            "chess_puzzles.userRating", lambda: rating + random.randint(-200, 200)
        ),
    }


def _cube_time(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    cube = deal.pick("cube_times.cubeType", ("2x2", "3x3", "3x3", "4x4", "pyraminx"))
    return {
        "userId": person.id,
        "cubeType": cube,
        "time": int(1000 * _CUBE_SECONDS[cube] * random.lognormvariate(0, 0.25)),
        "scramble": " ".join(random.choices(_TURNS, k=20)),
        "date": at,
        "dnf": deal.chance("cube_times.dnf", 1),
        "plusTwo": deal.chance("cube_times.plusTwo", 1),
        "sessionId": deal.maybe("cube_times.sessionId", lambda: slug(random)),
    }


def _logic_puzzle(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    kind = deal.pick("logic_puzzles.puzzleType", ("sudoku", "logic_grid", "pattern"))
    return {
        "userId": person.id,
        "puzzleId": f"{kind}-{random.randint(1, 5000)}",
        "puzzleType": kind,
        "difficulty": deal.pick("logic_puzzles.difficulty", ("easy", "medium", "hard", "expert")),
        "solved": deal.chance("logic_puzzles.solved", 7),
        "timeSpent": int(random.lognormvariate(5.5, 0.7)),
        "date": at,
        "hints": deal.pick("logic_puzzles.hints", (0, 0, 0, 1, 2)),
    }


PRACTICE_MAKERS = {
    "chess_puzzles": _chess_puzzle,
    "cube_times": _cube_time,
    "logic_puzzles": _logic_puzzle,
}
