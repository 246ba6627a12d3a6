"""
Notes, flashcards, quizzes, textbooks, study goals and study sessions.

Notes link to each other, and flashcards may be generated from a note.
Quiz questions, review histories and annotations are embedded in their documents.
"""

from docdb import define_table, v

from .columns import DATE, PERCENT, RATING, TEXTS, USER_ID

__all__ = ["STUDY_TABLES"]

_review = v.object(
    {
        "date": DATE,
        "quality": v.number(minimum=0, maximum=5),
        "easeFactor": v.number(),
        "interval": v.number(),
        # Seconds.
        "timeSpent": v.number(),
    }
)

_question = v.object(
    {
        "id": v.string(),
        "type": v.union(
            v.literal("multiple_choice"),
            v.literal("short_answer"),
            v.literal("matching"),
        ),
        "text": v.string(),
        "options": v.optional(TEXTS),
        "correctAnswer": v.string(),
        "category": v.optional(v.string()),
    }
)

_annotation = v.object(
    {
        "pageNumber": v.number(),
        "text": v.string(),
        "type": v.union(v.literal("highlight"), v.literal("note")),
        "color": v.optional(v.string()),
        "createdAt": DATE,
    }
)

_notes = (
    define_table(
        {
            "userId": USER_ID,
            "title": v.string(),
            "content": v.string(),
            "subject": v.string(),
            "tags": v.optional(TEXTS),
            "linkedNotes": v.optional(v.array(v.id("notes"))),
            "color": v.optional(v.string()),
            "isArchived": v.boolean(default=False),
            "isPinned": v.boolean(default=False),
            "createdAt": DATE,
            "updatedAt": DATE,
            "wordCount": v.number(),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_subject", ["userId", "subject"])
    .index("by_userId_isArchived", ["userId", "isArchived"])
    .search_index(
        "search_title",
        search_field="title",
        filter_fields=["userId", "subject", "isArchived"],
    )
    .search_index(
        "search_content",
        search_field="content",
        filter_fields=["userId", "subject", "isArchived"],
    )
    .search_index("search_subject", search_field="subject", filter_fields=["userId", "isArchived"])
)

_flashcards = (
    define_table(
        {
            "userId": USER_ID,
            "sourceNoteId": v.optional(v.id("notes")),
            "question": v.string(),
            "answer": v.string(),
            "subject": v.string(),
            "difficulty": RATING,
            "nextReviewDate": DATE,
            "reviewCount": v.number(default=0),
            "easeFactor": v.number(minimum=1.3, default=2.5),
            # Days.
            "interval": v.number(default=1),
            "lastReviewDate": v.optional(DATE),
            "reviewHistory": v.optional(v.array(_review)),
            "status": v.union(
                v.literal("new"),
                v.literal("learning"),
                v.literal("review"),
                v.literal("mastered"),
            ),
            "createdAt": DATE,
            "updatedAt": DATE,
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_nextReviewDate", ["userId", "nextReviewDate"])
    .index("by_userId_subject", ["userId", "subject"])
    .index("by_userId_status", ["userId", "status"])
    # Not in the document's list, but it says that a note has many flashcards.
    .index("by_sourceNoteId", ["sourceNoteId"])
)

_quizzes = (
    define_table(
        {
            "userId": USER_ID,
            "title": v.string(),
            "subject": v.string(),
            "questions": v.array(_question),
            "userAnswers": TEXTS,
            "score": PERCENT,
            "correctAnswers": v.number(),
            "totalQuestions": v.number(),
            "difficulty": v.union(v.literal("easy"), v.literal("medium"), v.literal("hard")),
            # Seconds, like the limit.
            "timeSpent": v.number(),
            "timeLimit": v.optional(v.number()),
            "feedback": v.optional(TEXTS),
            "createdAt": DATE,
            "isAIGenerated": v.boolean(),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_subject", ["userId", "subject"])
    .index("by_userId_createdAt", ["userId", "createdAt"])
)

_textbooks = (
    define_table(
        {
            "userId": USER_ID,
            "title": v.string(),
            "subject": v.string(),
            "author": v.optional(v.string()),
            "isbn": v.optional(v.string()),
            "pdfUrl": v.string(),
            "pages": v.number(),
            "currentPage": v.number(default=1),
            "annotations": v.optional(v.array(_annotation)),
            "bookmarks": v.optional(v.array(v.number())),
            "readingProgress": PERCENT,
            "uploadedAt": DATE,
            "lastReadAt": v.optional(DATE),
            "course": v.optional(v.string()),
        }
    )
    .index("by_userId", ["userId"])
    .search_index("search_title", search_field="title", filter_fields=["userId"])
    .search_index("search_subject", search_field="subject", filter_fields=["userId"])
    .search_index("search_author", search_field="author", filter_fields=["userId"])
)

_study_goals = (
    define_table(
        {
            "userId": USER_ID,
            "title": v.string(),
            "description": v.optional(v.string()),
            "subject": v.string(),
            "goalType": v.union(
                v.literal("grade"),
                v.literal("concept"),
                v.literal("time"),
                v.literal("reading"),
            ),
            "targetValue": v.number(),
            "currentValue": v.number(),
            "unit": v.string(),
            "targetDate": DATE,
            "status": v.union(v.literal("active"), v.literal("completed"), v.literal("abandoned")),
            "priority": v.number(minimum=1, maximum=5, default=3),
            "createdAt": DATE,
            "completedAt": v.optional(DATE),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_status", ["userId", "status"])
    .index("by_userId_targetDate", ["userId", "targetDate"])
)

_study_sessions = (
    define_table(
        {
            "userId": USER_ID,
            "date": DATE,
            "subject": v.string(),
            # Minutes.
            "duration": v.number(),
            "notesCreated": v.number(),
            "flashcardsReviewed": v.number(),
            "quizzesTaken": v.number(),
            "xpEarned": v.number(),
            "quality": v.optional(v.string()),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
    .index("by_userId_subject", ["userId", "subject"])
)

STUDY_TABLES = {
    "notes": _notes,
    "flashcards": _flashcards,
    "quizzes": _quizzes,
    "textbooks": _textbooks,
    "study_goals": _study_goals,
    "study_sessions": _study_sessions,
}
