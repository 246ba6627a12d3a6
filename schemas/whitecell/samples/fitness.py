"""
Sample workouts, measurements, records, meals, nutrition goals, photos and fitness goals.

Foods are few and real, so that a meal's totals are the sums of what was eaten.
"""

from docdb import UNSET

from ...sampling import DAY, HOUR, Document, Sample, compact, iso_time
from ...vocabulary import phrase, sentence, slug, title
from .people import visit

__all__ = ["FITNESS_MAKERS"]

_EXERCISES = {
    "strength": ("Bench press", "Squat", "Deadlift", "Overhead press", "Pull-up", "Row"),
    "cardio": ("Run", "Bike", "Swim", "Rope"),
    "flexibility": ("Hip opener", "Hamstring stretch", "Sun salutation"),
    "sports": ("Football", "Tennis", "Climbing"),
}
# Per 100 g or 100 ml: kcal, protein, carbs, fat, fiber.
_FOODS = (
    ("Oats", "grams", 380, 13, 67, 7, 10),
    ("Egg", "grams", 143, 13, 1, 10, 0),
    ("Chicken breast", "grams", 165, 31, 0, 4, 0),
    ("Rice", "grams", 130, 3, 28, 0, 1),
    ("Lentils", "grams", 116, 9, 20, 0, 8),
    ("Apple", "grams", 52, 0, 14, 0, 2),
    ("Milk", "ml", 61, 3, 5, 3, 0),
    ("Čvarci", "grams", 640, 40, 1, 53, 0),
)
_BODY = {"chest": 100, "waist": 84, "hips": 98, "thighs": 56, "biceps": 34}
_MEAL_HOURS = {"breakfast": 8, "lunch": 13, "dinner": 19, "snack": 16}


def _workout(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    kind = deal.pick("workouts.type", ("strength", "strength", "cardio", "flexibility", "sports"))
    minutes = random.randint(15, 120)
    return {
        "userId": person.id,
        "date": at,
        "type": kind,
        "name": deal.maybe("workouts.name", lambda: title(random, words_max=3)),
        "duration": minutes,
        "calories": minutes * random.randint(4, 12),
        "intensity": deal.pick(
            "workouts.intensity", ("low", "moderate", "moderate", "high", "very-high")
        ),
        "exercises": [_exercise(sample, kind) for _ in range(random.randint(1, 6))],
        "notes": deal.maybe("workouts.notes", lambda: sentence(random), tenths=3),
        "templateId": deal.maybe("workouts.templateId", lambda: slug(random), tenths=3),
        "createdAt": at + minutes * 60_000,
    }


def _exercise(sample: Sample, kind: str) -> Document:
    random, deal = sample.random, sample.deal
    is_lifted, is_covered = kind == "strength", kind == "cardio"
    return compact(
        {
            "name": random.choice(_EXERCISES[kind]),
            "sets": random.randint(1, 5),
            "reps": random.randint(1, 15),
            "weight": random.randrange(20, 160, 5) / 2 if is_lifted else UNSET,
            "unit": deal.pick("exercises.unit", ("kg", "kg", "lbs")) if is_lifted else UNSET,
            "distance": round(random.uniform(1, 20), 1) if is_covered else UNSET,
            "time": random.randint(300, 6000) if is_covered else UNSET,
            "rpe": deal.maybe("exercises.rpe", lambda: random.randint(1, 10)),
            "notes": deal.maybe("exercises.notes", lambda: phrase(random, 4), tenths=2),
        }
    )


def _measurement(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    unit = deal.pick("measurements.unit", ("kg", "kg", "lbs"))
    weight = round(random.gauss(78, 12) * (1 if unit == "kg" else 2.2), 1)
    circumferences = {
        part: deal.maybe(f"measurements.{part}", lambda size=size: _about(sample, size))
        for part, size in _BODY.items()
    }
    return {
        "userId": person.id,
        "date": at,
        "weight": weight,
        "unit": unit,
        "bodyFatPercentage": deal.maybe("measurements.fat", lambda: _about(sample, 20)),
        "muscleMass": deal.maybe("measurements.muscle", lambda: round(weight * 0.42, 1)),
        **circumferences,
        "notes": deal.maybe("measurements.notes", lambda: sentence(random), tenths=2),
    }


def _about(sample: Sample, size: float) -> float:
    return round(sample.random.gauss(size, size / 12), 1)


def _personal_record(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    kind, unit = deal.pick(
        "personal_records.unit",
        (
            ("strength", "kg"),
            ("strength", "lbs"),
            ("strength", "reps"),
            ("cardio", "km"),
            ("cardio", "seconds"),
        ),
    )
    value = random.randint(5, 200)
    previous = deal.maybe("personal_records.previousPR", lambda: value - random.randint(1, 4))
    return {
        "userId": person.id,
        "exercise": random.choice(_EXERCISES[kind]),
        "value": value,
        "unit": unit,
        "date": at,
        "previousPR": previous,
        "improvement": UNSET if previous is UNSET else value - previous,
        "notes": deal.maybe("personal_records.notes", lambda: sentence(random), tenths=3),
    }


def _meal(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    kind = deal.pick("meals.mealType", tuple(_MEAL_HOURS))
    midnight = at - at % DAY
    foods = [_food(sample) for _ in range(random.randint(1, 4))]
    totals = {
        f"total{name.capitalize()}": round(sum(food[name] for food in foods), 1)
        for name in ("calories", "protein", "carbs", "fat")
    }
    fiber = round(sum(food.get("fiber", 0) for food in foods), 1)
    return {
        "userId": person.id,
        "date": at,
        "mealType": kind,
        "time": iso_time(midnight + int((_MEAL_HOURS[kind] + random.random() * 2) * HOUR)),
        "foods": foods,
        **totals,
        "totalFiber": deal.maybe("meals.totalFiber", lambda: fiber),
    }


def _food(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    name, unit, calories, protein, carbs, fat, fiber = random.choice(_FOODS)
    quantity = random.randrange(30, 400, 10)
    share = quantity / 100
    return compact(
        {
            "name": name,
            "quantity": quantity,
            "unit": unit,
            "calories": round(calories * share, 1),
            "protein": round(protein * share, 1),
            "carbs": round(carbs * share, 1),
            "fat": round(fat * share, 1),
            "fiber": deal.maybe("foods.fiber", lambda: round(fiber * share, 1)),
            "barcode": deal.maybe(
                "foods.barcode", lambda: f"{random.randrange(10**13):013d}", tenths=3
            ),
        }
    )


def _nutrition_goal(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    calories = random.randrange(1500, 3600, 50)
    protein, carbs = random.randint(20, 35), random.randint(30, 50)
    fats = 100 - protein - carbs
    return {
        "userId": person.id,
        "date": at,
        "dailyCalories": calories,
        "proteinGrams": calories * protein // 400,
        "carbsGrams": calories * carbs // 400,
        "fatsGrams": calories * fats // 900,
        "proteinPercentage": deal.maybe("nutrition_goals.protein", lambda: protein),
        "carbsPercentage": deal.maybe("nutrition_goals.carbs", lambda: carbs),
        "fatsPercentage": deal.maybe("nutrition_goals.fats", lambda: fats),
    }


def _progress_photo(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    return {
        "userId": person.id,
        "date": at,
        "imageUrl": f"https://files.example.com/{slug(random)}.jpg",
        "angle": deal.pick("progress_photos.angle", ("front", "side", "back", "flexed")),
        "weight": deal.maybe("progress_photos.weight", lambda: _about(sample, 78)),
        "notes": deal.maybe("progress_photos.notes", lambda: sentence(random), tenths=3),
        "tags": deal.maybe("progress_photos.tags", lambda: phrase(random, 2).split()),
    }


def _fitness_goal(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    kind, unit = deal.pick(
        "fitness_goals.goalType",
        (
            ("weight", "kg"),
            ("strength", "lbs"),
            ("endurance", "minutes"),
            ("body_composition", "%"),
        ),
    )
    status = deal.pick("fitness_goals.status", ("active", "active", "completed", "abandoned"))
    target = random.randint(10, 120)
    return {
        "userId": person.id,
        "goalType": kind,
        "name": title(random),
        "targetValue": target,
        "currentValue": target if status == "completed" else random.randrange(target),
        "unit": unit,
        "deadline": at + random.randint(14, 365) * DAY,
        "status": status,
        "createdAt": at,
        "completedAt": sample.after(at, within=180 * DAY) if status == "completed" else UNSET,
    }


FITNESS_MAKERS = {
    "workouts": _workout,
    "measurements": _measurement,
    "personal_records": _personal_record,
    "meals": _meal,
    "nutrition_goals": _nutrition_goal,
    "progress_photos": _progress_photo,
    "fitness_goals": _fitness_goal,
}
