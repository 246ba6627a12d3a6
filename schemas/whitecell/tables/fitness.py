"""
Workouts, measurements, records, meals, nutrition goals, photos and fitness goals.

Exercises are embedded in their workout and foods in their meal.
"Sorting: ``date`` DESC for trend" reads the index of ``date`` backwards; it is no index of its own.
"""

from docdb import define_table, v

from .columns import DATE, FOREIGN_ID, TEXTS, TIME_OF_DAY, USER_ID

__all__ = ["FITNESS_TABLES"]

_exercise = v.object(
    {
        "name": v.string(),
        "sets": v.number(),
        "reps": v.number(),
        "weight": v.optional(v.number()),
        "unit": v.optional(v.union(v.literal("kg"), v.literal("lbs"))),
        "distance": v.optional(v.number()),
        "time": v.optional(v.number()),
        # Rate of perceived exertion.
        "rpe": v.optional(v.number(minimum=1, maximum=10)),
        "notes": v.optional(v.string()),
    }
)

_food = v.object(
    {
        "name": v.string(),
        "quantity": v.number(),
        "unit": v.string(),
        "calories": v.number(),
        "protein": v.number(),
        "carbs": v.number(),
        "fat": v.number(),
        "fiber": v.optional(v.number()),
        # Present on scanned items.
        "barcode": v.optional(v.string()),
    }
)

_workouts = (
    define_table(
        {
            "userId": USER_ID,
            "date": DATE,
            "type": v.union(
                v.literal("strength"),
                v.literal("cardio"),
                v.literal("flexibility"),
                v.literal("sports"),
            ),
            "name": v.optional(v.string()),
            # Minutes.
            "duration": v.number(),
            "calories": v.number(),
            "intensity": v.union(
                v.literal("low"),
                v.literal("moderate"),
                v.literal("high"),
                v.literal("very-high"),
            ),
            "exercises": v.array(_exercise),
            "notes": v.optional(v.string()),
            # No table holds workout templates.
            "templateId": v.optional(FOREIGN_ID),
            "createdAt": DATE,
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
    .index("by_userId_type", ["userId", "type"])
)

_measurements = (
    define_table(
        {
            "userId": USER_ID,
            "date": DATE,
            "weight": v.number(),
            # Advised: kg, lbs.
            "unit": v.string(),
            "bodyFatPercentage": v.optional(v.number()),
            "muscleMass": v.optional(v.number()),
            "chest": v.optional(v.number()),
            "waist": v.optional(v.number()),
            "hips": v.optional(v.number()),
            "thighs": v.optional(v.number()),
            "biceps": v.optional(v.number()),
            "notes": v.optional(v.string()),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
)

_personal_records = (
    define_table(
        {
            "userId": USER_ID,
            "exercise": v.string(),
            "value": v.number(),
            "unit": v.string(),
            "date": DATE,
            "previousPR": v.optional(v.number()),
            "improvement": v.optional(v.number()),
            "notes": v.optional(v.string()),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_exercise", ["userId", "exercise"])
    .index("by_userId_date", ["userId", "date"])
)

_meals = (
    define_table(
        {
            "userId": USER_ID,
            "date": DATE,
            "mealType": v.union(
                v.literal("breakfast"),
                v.literal("lunch"),
                v.literal("dinner"),
                v.literal("snack"),
            ),
            "time": TIME_OF_DAY,
            "foods": v.array(_food),
            "totalCalories": v.number(),
            # Grams, like those that follow.
            "totalProtein": v.number(),
            "totalCarbs": v.number(),
            "totalFat": v.number(),
            "totalFiber": v.optional(v.number()),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
)

_nutrition_goals = (
    define_table(
        {
            "userId": USER_ID,
            "date": DATE,
            "dailyCalories": v.number(),
            "proteinGrams": v.number(),
            "carbsGrams": v.number(),
            "fatsGrams": v.number(),
            "proteinPercentage": v.optional(v.number()),
            "carbsPercentage": v.optional(v.number()),
            "fatsPercentage": v.optional(v.number()),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
)

_progress_photos = (
    define_table(
        {
            "userId": USER_ID,
            "date": DATE,
            "imageUrl": v.string(),
            "angle": v.union(
                v.literal("front"),
                v.literal("side"),
                v.literal("back"),
                v.literal("flexed"),
            ),
            "weight": v.optional(v.number()),
            "notes": v.optional(v.string()),
            "tags": v.optional(TEXTS),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
    .index("by_userId_angle", ["userId", "angle"])
)

_fitness_goals = (
    define_table(
        {
            "userId": USER_ID,
            "goalType": v.union(
                v.literal("weight"),
                v.literal("strength"),
                v.literal("endurance"),
                v.literal("body_composition"),
            ),
            "name": v.string(),
            "targetValue": v.number(),
            "currentValue": v.number(),
            "unit": v.string(),
            "deadline": DATE,
            "status": v.union(v.literal("active"), v.literal("completed"), v.literal("abandoned")),
            "createdAt": DATE,
            "completedAt": v.optional(DATE),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_status", ["userId", "status"])
)

FITNESS_TABLES = {
    "workouts": _workouts,
    "measurements": _measurements,
    "personal_records": _personal_records,
    "meals": _meals,
    "nutrition_goals": _nutrition_goals,
    "progress_photos": _progress_photos,
    "fitness_goals": _fitness_goals,
}
