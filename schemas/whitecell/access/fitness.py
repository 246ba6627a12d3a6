"""Workouts done, meals eaten, how the body changes, and what the goals are."""

from random import Random

from docdb import Page

from ...asking import Reader, by_name, random_document
from ...sampling import DAY, Document
from .asker import LIST, PAGE, owner, owner_and_week

__all__ = ["FITNESS_PATTERNS"]


def workouts_of_user(reader: Reader, random: Random) -> Page:
    """Read a page of a user's workouts ("users → workouts")."""
    user = owner(reader, "workouts", random)
    return reader.query("workouts").with_index("by_userId", userId=user).paginate(num_items=PAGE)


def workout_history(reader: Reader, random: Random) -> list[Document]:
    """List a user's workouts, the latest first ("``workouts(userId, date)`` - Workout history")."""
    query = reader.query("workouts").with_index(
        "by_userId_date", userId=owner(reader, "workouts", random)
    )
    return query.order("desc").take(LIST)


def workouts_of_type(reader: Reader, random: Random) -> list[Document]:
    """List a user's workouts of one type ("Query: ``type``")."""
    workout = random_document(reader, "workouts", random)
    query = reader.query("workouts").with_index(
        "by_userId_type", userId=workout["userId"], type=workout["type"]
    )
    return query.order("desc").take(LIST)


def measurements_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's measurements ("users → measurements")."""
    user = owner(reader, "measurements", random)
    return reader.query("measurements").with_index("by_userId", userId=user).take(LIST)


def weight_trend(reader: Reader, random: Random) -> list[tuple[float, float]]:
    """List dates and weights of a user, the latest first ("``date`` DESC for trend")."""
    query = reader.query("measurements").with_index(
        "by_userId_date", userId=owner(reader, "measurements", random)
    )
    return [(each["date"], each["weight"]) for each in query.order("desc").take(LIST)]


def personal_records_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's records ("Foreign Key: ``userId``")."""
    user = owner(reader, "personal_records", random)
    return reader.query("personal_records").with_index("by_userId", userId=user).take(LIST)


def personal_records_in_exercise(reader: Reader, random: Random) -> list[Document]:
    """List a user's records in one exercise ("Query: ``exercise``")."""
    record = random_document(reader, "personal_records", random)
    query = reader.query("personal_records").with_index(
        "by_userId_exercise", userId=record["userId"], exercise=record["exercise"]
    )
    return query.take(LIST)


def personal_records_latest(reader: Reader, random: Random) -> list[Document]:
    """List a user's records, the latest first ("Query: ``date``")."""
    query = reader.query("personal_records").with_index(
        "by_userId_date", userId=owner(reader, "personal_records", random)
    )
    return query.order("desc").take(LIST)


def meals_of_user(reader: Reader, random: Random) -> Page:
    """Read a page of a user's meals ("users → meals")."""
    user = owner(reader, "meals", random)
    return reader.query("meals").with_index("by_userId", userId=user).paginate(num_items=PAGE)


def meals_of_day(reader: Reader, random: Random) -> list[Document]:
    """List a user's meals of one day ("``meals(userId, date)`` - Nutrition tracking")."""
    meal = random_document(reader, "meals", random)
    midnight = meal["date"] - meal["date"] % DAY
    day = reader.query("meals").with_index(
        "by_userId_date",
        lambda q: q.gte("date", midnight).lt("date", midnight + DAY),
        userId=meal["userId"],
    )
    return day.collect()


def calories_of_week(reader: Reader, random: Random) -> float:
    """Sum up the calories a user ate in a week ("Query: ``date``")."""
    user, start, stop = owner_and_week(reader, "meals", random)
    week = reader.query("meals").with_index(
        "by_userId_date", lambda q: q.gte("date", start).lte("date", stop), userId=user
    )
    return sum(meal["totalCalories"] for meal in week.collect())


def nutrition_goals_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's nutrition goals ("Foreign Key: ``userId``")."""
    user = owner(reader, "nutrition_goals", random)
    return reader.query("nutrition_goals").with_index("by_userId", userId=user).take(LIST)


def nutrition_goal_of_day(reader: Reader, random: Random) -> Document | None:
    """Find the nutrition goal that held for a user on a day ("Query: ``date``")."""
    goal = random_document(reader, "nutrition_goals", random)
    query = reader.query("nutrition_goals").with_index(
        "by_userId_date", lambda q: q.lte("date", goal["date"]), userId=goal["userId"]
    )
    return query.order("desc").first()


def progress_photos_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's progress photos ("Foreign Key: ``userId``")."""
    user = owner(reader, "progress_photos", random)
    return reader.query("progress_photos").with_index("by_userId", userId=user).take(LIST)


def progress_photos_latest(reader: Reader, random: Random) -> list[Document]:
    """List a user's progress photos, the latest first ("Query: ``date``")."""
    query = reader.query("progress_photos").with_index(
        "by_userId_date", userId=owner(reader, "progress_photos", random)
    )
    return query.order("desc").take(LIST)


def progress_photos_from_angle(reader: Reader, random: Random) -> list[Document]:
    """List a user's progress photos from one angle ("Query: ``angle``")."""
    photo = random_document(reader, "progress_photos", random)
    query = reader.query("progress_photos").with_index(
        "by_userId_angle", userId=photo["userId"], angle=photo["angle"]
    )
    return query.take(LIST)


def fitness_goals_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's fitness goals ("Foreign Key: ``userId``")."""
    user = owner(reader, "fitness_goals", random)
    return reader.query("fitness_goals").with_index("by_userId", userId=user).take(LIST)


def fitness_goals_active(reader: Reader, random: Random) -> list[Document]:
    """List the fitness goals a user still pursues ("Query: ``status``")."""
    query = reader.query("fitness_goals").with_index(
        "by_userId_status", userId=owner(reader, "fitness_goals", random), status="active"
    )
    return query.take(LIST)


FITNESS_PATTERNS = by_name(
    workouts_of_user,
    workout_history,
    workouts_of_type,
    measurements_of_user,
    weight_trend,
    personal_records_of_user,
    personal_records_in_exercise,
    personal_records_latest,
    meals_of_user,
    meals_of_day,
    calories_of_week,
    nutrition_goals_of_user,
    nutrition_goal_of_day,
    progress_photos_of_user,
    progress_photos_latest,
    progress_photos_from_angle,
    fitness_goals_of_user,
    fitness_goals_active,
)
