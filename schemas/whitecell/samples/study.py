"""
Sample notes, flashcards, quizzes, textbooks, study goals and study sessions.

Notes link to earlier notes of the same user, and two thirds of the flashcards come from a note.
The review histories follow the SM-2 rule that the application's flashcards are named after.
"""

from math import ceil

from docdb import UNSET

from ...sampling import DAY, Document, Sample, Writer, compact
from ...vocabulary import full_name, phrase, prose, sentence, slug, title
from .people import SUBJECTS, NoteTrace, visit

__all__ = ["STUDY_MAKERS", "write_notes"]

_NOTES_TOGETHER = 25
_COLORS = ("#f94144", "#f9c74f", "#90be6d", "#577590")
_EASE_START, _EASE_MIN = 2.5, 1.3


def write_notes(sample: Sample, tx: Writer, count: int) -> None:
    """Insert ``count`` notes, a few at a time, so that later ones can link to earlier ones."""
    for done in range(0, count, _NOTES_TOGETHER):
        wanted = min(_NOTES_TOGETHER, count - done)
        visits = [visit(sample) for _ in range(wanted)]
        notes = [
            _note(sample, linkable=list(person.notes), at=at) | {"userId": person.id}
            for person, at in visits
        ]
        ids = sample.insert(tx, "notes", notes)
        for id, note, (person, at) in zip(ids, notes, visits, strict=True):
            person.notes.append(id)
            sample.pool("notes").add([NoteTrace(id, person, note["subject"], at)])


def _note(sample: Sample, *, linkable: list[str], at: int) -> Document:
    random, deal = sample.random, sample.deal
    heading = title(random)
    content = f"# {heading}\n\n{prose(random, words=90)}"
    links = random.sample(linkable, random.randint(1, len(linkable))) if linkable else UNSET
    return {
        "title": heading,
        "content": content,
        "subject": deal.pick("notes.subject", SUBJECTS),
        "tags": deal.maybe("notes.tags", lambda: phrase(random, random.randint(1, 4)).split()),
        "linkedNotes": deal.maybe("notes.linkedNotes", lambda: links),
        "color": deal.maybe("notes.color", lambda: random.choice(_COLORS)),
        "isArchived": deal.chance("notes.isArchived", 2),
        "isPinned": deal.chance("notes.isPinned", 1),
        "createdAt": at,
        "updatedAt": sample.after(at),
        "wordCount": len(content.split()),
    }


def _flashcard(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    subject, source = deal.pick("flashcards.subject", SUBJECTS), UNSET
    if len(sample.pool("notes")) and deal.chance("flashcards.sourceNoteId", 7):
        note: NoteTrace = sample.pool("notes").pick()
        person, subject, source = note.person, note.subject, note.id
        at = sample.after(note.created_at)
    status = deal.pick("flashcards.status", ("new", "learning", "review", "review", "mastered"))
    reviews = [] if status == "new" else _reviews(sample, after=at)
    last = reviews[-1] if reviews else None
    return {
        "userId": person.id,
        "sourceNoteId": source,
        "question": sentence(random).replace(".", "?"),
        "answer": sentence(random, words_max=25),
        "subject": subject,
        "difficulty": deal.pick("flashcards.difficulty", (1, 2, 3, 4, 5)),
        "nextReviewDate": last["date"] + int(last["interval"] * DAY) if last else at + DAY,
        "reviewCount": len(reviews),
        "easeFactor": last["easeFactor"] if last else _EASE_START,
        "interval": last["interval"] if last else 1,
        "lastReviewDate": last["date"] if last else UNSET,
        "reviewHistory": reviews or UNSET,
        "status": status,
        "createdAt": at,
        "updatedAt": last["date"] if last else at,
    }


def _reviews(sample: Sample, *, after: int) -> list[Document]:
    """Review a card by SM-2: ease grows with the quality of answers, the interval with ease."""
    random = sample.random
    reviews: list[Document] = []
    ease, interval, repetitions, date = _EASE_START, 1, 0, after
    for _ in range(random.randint(1, 8)):
        date += interval * DAY
        quality = sample.deal.pick("flashcards.quality", (0, 1, 2, 3, 3, 4, 4, 4, 5, 5))
        missed = 5 - quality
        ease = max(_EASE_MIN, round(ease + 0.1 - missed * (0.08 + missed * 0.02), 2))
        repetitions = repetitions + 1 if quality >= 3 else 0
        interval = ceil(interval * ease) if repetitions > 2 else (1, 1, 6)[repetitions]
        reviews.append(
            {
                "date": date,
                "quality": quality,
                "easeFactor": ease,
                "interval": interval,
                "timeSpent": random.randint(2, 90),
            }
        )
    return reviews


def _quiz(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    questions = [_question(sample, number) for number in range(1, random.randint(4, 9))]
    answers = [
        question["correctAnswer"] if random.random() < 0.7 else phrase(random, 1)
        for question in questions
    ]
    pairs = zip(questions, answers, strict=True)
    correct = sum(question["correctAnswer"] == answer for question, answer in pairs)
    seconds = len(questions) * random.randint(15, 60)
    return {
        "userId": person.id,
        "title": title(random),
        "subject": deal.pick("quizzes.subject", SUBJECTS),
        "questions": questions,
        "userAnswers": answers,
        "score": round(100 * correct / len(questions), 1),
        "correctAnswers": correct,
        "totalQuestions": len(questions),
        "difficulty": deal.pick("quizzes.difficulty", ("easy", "medium", "medium", "hard")),
        "timeSpent": seconds,
        "timeLimit": deal.maybe("quizzes.timeLimit", lambda: seconds + random.randint(0, 300)),
        "feedback": deal.maybe("quizzes.feedback", lambda: [sentence(random) for _ in questions]),
        "createdAt": at,
        "isAIGenerated": deal.chance("quizzes.isAIGenerated"),
    }


def _question(sample: Sample, number: int) -> Document:
    random, deal = sample.random, sample.deal
    kind = deal.pick(
        "questions.type", ("multiple_choice", "multiple_choice", "short_answer", "matching")
    )
    options = list(dict.fromkeys(phrase(random, 8).split()))
    return compact(
        {
            "id": f"q{number}",
            "type": kind,
            "text": sentence(random).replace(".", "?"),
            "options": UNSET if kind == "short_answer" else options,
            "correctAnswer": random.choice(options),
            "category": deal.maybe("questions.category", lambda: phrase(random, 1)),
        }
    )


def _textbook(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    pages = random.randint(40, 900)
    page = random.randint(1, pages)
    return {
        "userId": person.id,
        "title": title(random),
        "subject": deal.pick("textbooks.subject", SUBJECTS),
        "author": deal.maybe("textbooks.author", lambda: full_name(random), tenths=8),
        "isbn": deal.maybe("textbooks.isbn", lambda: f"978{random.randrange(10**10):010d}"),
        "pdfUrl": f"https://files.example.com/{slug(random)}.pdf",
        "pages": pages,
        "currentPage": page,
        "annotations": deal.maybe(
            "textbooks.annotations",
            lambda: [_annotation(sample, pages, at) for _ in range(random.randint(1, 5))],
        ),
        "bookmarks": deal.maybe(
            "textbooks.bookmarks", lambda: sorted(random.sample(range(1, pages + 1), 3))
        ),
        "readingProgress": round(100 * page / pages, 1),
        "uploadedAt": at,
        "lastReadAt": deal.maybe("textbooks.lastReadAt", lambda: sample.after(at), tenths=8),
        "course": deal.maybe("textbooks.course", lambda: f"{title(random, words_max=3)} 101"),
    }


def _annotation(sample: Sample, pages: int, at: int) -> Document:
    random, deal = sample.random, sample.deal
    return compact(
        {
            "pageNumber": random.randint(1, pages),
            "text": sentence(random),
            "type": deal.pick("annotations.type", ("highlight", "note")),
            "color": deal.maybe("annotations.color", lambda: random.choice(_COLORS)),
            "createdAt": sample.after(at),
        }
    )


def _study_goal(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    kinds = (("grade", "%"), ("concept", "concepts"), ("time", "hours"), ("reading", "pages"))
    kind, unit = deal.pick("study_goals.goalType", kinds)
    status = deal.pick("study_goals.status", ("active", "active", "completed", "abandoned"))
    target = random.randint(5, 100)
    return {
        "userId": person.id,
        "title": title(random),
        "description": deal.maybe("study_goals.description", lambda: sentence(random)),
        "subject": deal.pick("study_goals.subject", SUBJECTS),
        "goalType": kind,
        "targetValue": target,
        "currentValue": target if status == "completed" else random.randrange(target),
        "unit": unit,
        "targetDate": at + random.randint(7, 180) * DAY,
        "status": status,
        "priority": deal.pick("study_goals.priority", (1, 2, 3, 3, 4, 5)),
        "createdAt": at,
        "completedAt": sample.after(at, within=90 * DAY) if status == "completed" else UNSET,
    }


def _study_session(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    minutes = random.randint(10, 180)
    return {
        "userId": person.id,
        "date": at,
        "subject": deal.pick("study_sessions.subject", SUBJECTS),
        "duration": minutes,
        "notesCreated": random.randrange(4),
        "flashcardsReviewed": random.randrange(60),
        "quizzesTaken": random.randrange(3),
        "xpEarned": minutes // 2,
        "quality": deal.maybe(
            "study_sessions.quality", lambda: random.choice(("poor", "fair", "good", "great"))
        ),
    }


STUDY_MAKERS = {
    "flashcards": _flashcard,
    "quizzes": _quiz,
    "textbooks": _textbook,
    "study_goals": _study_goal,
    "study_sessions": _study_session,
}
