"""
What ``ekvi`` asks of its data: its four query patterns, its file queries, and every index.

``get_large_files`` reads its whole table, as the document's own admin query does; everything
else goes through an index or an id.
"""

from random import Random

from docdb import Page

from ..asking import Query, Reader, by_name, file_metadata, file_url, one_state, random_document
from ..sampling import Document

__all__ = ["patterns", "search_patterns"]

_PAGE = 20
_LARGE_BYTES = 10 * 1024 * 1024


def get_user(reader: Reader, random: Random) -> Document:
    """Get a profile with a fresh address of its image, which the profile names directly."""
    profile = reader.get(random_document(reader, "userProfiles", random)["_id"])
    if "profileImage" in profile:
        return {**profile, "profileImageUrl": file_url(reader, profile["profileImage"])}
    return profile


def get_user_with_image(reader: Reader, random: Random) -> Document:
    """
    Get user with profile image URL (pattern 1): ``{...profile, profileImage: {...file, url}}``.

    The file is found by its storage id (``by_storageId``), since the profile holds that.
    """
    profile = reader.get(random_document(reader, "userProfiles", random)["_id"])
    image = profile.get("profileImage")
    if image is None:
        return profile
    file = reader.query("files").with_index("by_storageId", storageId=image).first()
    return {**profile, "profileImage": {**(file or {}), "url": file_url(reader, image)}}


def profile_of_auth_user(reader: Reader, random: Random) -> Document | None:
    """Join with the auth user (``by_auth``, "most common query")."""
    auth_id = random_document(reader, "userProfiles", random)["authId"]
    return reader.query("userProfiles").with_index("by_auth", authId=auth_id).unique()


def profile_of_session(reader: Reader, random: Random) -> Document | None:
    """Find whose request it is: session token, auth user, profile."""
    with one_state(reader) as snapshot:
        accounts = snapshot.component("betterAuth")
        token = random_document(accounts, "session", random)["token"]
        session = accounts.query("session").with_index("token", token=token).unique()
        user = session["userId"]
        return snapshot.query("userProfiles").with_index("by_auth", authId=user).unique()


def profiles_by_role(reader: Reader, random: Random) -> Page:
    """Filter coaches/athletes (``by_role``)."""
    role = random.choice(("athlete", "coach"))
    return _page(reader.query("userProfiles").with_index("by_role", role=role))


def profiles_by_location(reader: Reader, random: Random) -> Page:
    """Find profiles in a city (``by_location``, "Geographic search"): text that begins so."""
    location = random_document(reader, "userProfiles", random).get("location", "Belgrade")
    city = location.split(",")[0]
    query = reader.query("userProfiles")
    return _page(query.with_index("by_location", lambda q: q.prefix("location", city)))


def profiles_by_verification_status(reader: Reader, random: Random) -> Page:
    """List profiles that await verification, or have it (``by_verificationStatus``)."""
    status = random.choice(("unverified", "pending", "verified"))
    query = reader.query("userProfiles")
    return _page(query.with_index("by_verificationStatus", verificationStatus=status))


def coach_profile_of_user(reader: Reader, random: Random) -> Document | None:
    """Get the one coach profile of a user (``by_profileId``)."""
    profile = random_document(reader, "coachProfiles", random)["profileId"]
    return reader.query("coachProfiles").with_index("by_profileId", profileId=profile).unique()


def videos_of_user(reader: Reader, random: Random) -> Page:
    """List a user's videos (``by_uploadedBy``)."""
    user = random_document(reader, "videos", random)["uploadedBy"]
    return _page(reader.query("videos").with_index("by_uploadedBy", uploadedBy=user))


def videos_by_status(reader: Reader, random: Random) -> Page:
    """Filter videos by processing status (``by_status``, "show all processing videos")."""
    status = random.choice(("waiting_for_upload", "uploading", "processing", "ready", "error"))
    return _page(reader.query("videos").with_index("by_status", status=status))


def video_by_mux_asset(reader: Reader, random: Random) -> Document | None:
    """Find the video that a webhook speaks of (``by_muxAssetId``)."""
    asset = random_document(reader, "videos", random)["muxAssetId"]
    return reader.query("videos").with_index("by_muxAssetId", muxAssetId=asset).first()


def video_by_mux_upload(reader: Reader, random: Random) -> Document | None:
    """Check the status of an upload (``by_muxUploadId``)."""
    upload = random_document(reader, "videos", random).get("muxUploadId", "")
    return reader.query("videos").with_index("by_muxUploadId", muxUploadId=upload).first()


def get_file_with_url(reader: Reader, random: Random) -> Document:
    """Display an image: a file and its fresh address."""
    file = reader.get(random_document(reader, "files", random)["_id"])
    return {**file, "url": file_url(reader, file["storageId"])}


def files_of_user(reader: Reader, random: Random) -> Page:
    """List a user's files (``by_uploadedBy`` on files)."""
    user = random_document(reader, "files", random)["uploadedBy"]
    return _page(reader.query("files").with_index("by_uploadedBy", uploadedBy=user))


def file_by_storage_id(reader: Reader, random: Random) -> Document | None:
    """Find the record of a stored file (``by_storageId``)."""
    stored = random_document(reader, "files", random)["storageId"]
    return reader.query("files").with_index("by_storageId", storageId=stored).first()


def files_by_file_type(reader: Reader, random: Random) -> Page:
    """Filter files by the application's category (``by_fileType``)."""
    kind = random.choice(("image", "thumbnail", "document"))
    return _page(reader.query("files").with_index("by_fileType", fileType=kind))


def files_by_mime_type(reader: Reader, random: Random) -> Page:
    """Filter files by one MIME type (``by_mimeType``)."""
    kind = random_document(reader, "files", random)["mimeType"]
    return _page(reader.query("files").with_index("by_mimeType", mimeType=kind))


def image_files(reader: Reader, _random: Random) -> Page:
    """Show all images (``by_mimeType``, "image/*"): the MIME types that begin so."""
    query = reader.query("files")
    return _page(query.with_index("by_mimeType", lambda q: q.prefix("mimeType", "image/")))


def get_large_files(reader: Reader, _random: Random) -> list[Document]:
    """Find files beyond 10 MB (admin query, rare): the whole table, and ``_storage`` for each."""
    files = reader.query("files").collect()
    stored = ((file, file_metadata(reader, file["storageId"])) for file in files)
    return [
        {**file, "size": row["size"]}
        for file, row in stored
        if row is not None and row["size"] > _LARGE_BYTES
    ]


def programs_of_coach(reader: Reader, random: Random) -> list[Document]:
    """List a coach's programs (``by_coach``)."""
    coach = random_document(reader, "programs", random)["coachProfileId"]
    return reader.query("programs").with_index("by_coach", coachProfileId=coach).collect()


def get_published_programs(reader: Reader, random: Random) -> list[Document]:
    """Find all published programs of a category (pattern 2, ``by_category``)."""
    category = random_document(reader, "programs", random)["category"]
    query = reader.query("programs").with_index("by_category", lambda q: q.eq("category", category))
    return query.filter(lambda q: q.eq(q.field("isPublished"), True)).collect()


def programs_by_level(reader: Reader, random: Random) -> Page:
    """Filter programs by difficulty (``by_level``)."""
    level = random.choice(("beginner", "intermediate", "advanced"))
    return _page(reader.query("programs").with_index("by_level", level=level))


def published_programs(reader: Reader, _random: Random) -> Page:
    """List the marketplace, the newest program first (``by_published``)."""
    query = reader.query("programs").with_index("by_published", isPublished=True)
    return _page(query.order("desc"))


def get_program_with_coach(reader: Reader, random: Random) -> Document:
    """Get program with coach profile (pattern 4): three look-ups by id."""
    program = reader.get(random_document(reader, "programs", random)["_id"])
    coach_profile = reader.get(program["coachProfileId"])
    user_profile = reader.get(coach_profile["profileId"])
    return {**program, "coach": {**coach_profile, "profile": user_profile}}


def modules_of_program(reader: Reader, random: Random) -> list[Document]:
    """List a program's modules (``by_program``)."""
    program = random_document(reader, "programModules", random)["programId"]
    return reader.query("programModules").with_index("by_program", programId=program).collect()


def get_modules_in_order(reader: Reader, random: Random) -> list[Document]:
    """Get modules in order within a program (pattern 3, ``by_program_order``)."""
    program = random_document(reader, "programModules", random)["programId"]
    query = reader.query("programModules")
    return query.with_index("by_program_order", lambda q: q.eq("programId", program)).collect()


def workouts_of_module(reader: Reader, random: Random) -> list[Document]:
    """List a module's workouts (``by_module``)."""
    module = random_document(reader, "workouts", random)["moduleId"]
    return reader.query("workouts").with_index("by_module", moduleId=module).collect()


def get_workouts_in_order(reader: Reader, random: Random) -> list[Document]:
    """Get workouts in order within a module (``by_module_order``)."""
    module = random_document(reader, "workouts", random)["moduleId"]
    return reader.query("workouts").with_index("by_module_order", moduleId=module).collect()


def get_program_outline(reader: Reader, random: Random) -> Document:
    """Get a program, its modules and their workouts ("Program → Modules → Workouts")."""
    program = reader.get(random_document(reader, "programModules", random)["programId"])
    modules = reader.query("programModules").with_index(
        "by_program_order", programId=program["_id"]
    )
    workouts = reader.query("workouts")
    outline = [
        {
            **module,
            "workouts": workouts.with_index("by_module_order", moduleId=module["_id"]).collect(),
        }
        for module in modules.collect()
    ]
    return {**program, "modules": outline}


def exercises_of_user(reader: Reader, random: Random) -> Page:
    """List a user's exercises, private ones included (``by_createdBy``)."""
    user = random_document(reader, "exercises", random)["createdBy"]
    return _page(reader.query("exercises").with_index("by_createdBy", createdBy=user))


def exercises_by_category(reader: Reader, random: Random) -> Page:
    """Filter exercises by category (``by_category`` on exercises)."""
    category = random_document(reader, "exercises", random)["category"]
    return _page(reader.query("exercises").with_index("by_category", category=category))


def public_exercises(reader: Reader, _random: Random) -> Page:
    """List the public exercise library (``by_isPublic``)."""
    return _page(reader.query("exercises").with_index("by_isPublic", isPublic=True))


def notifications_in_order(reader: Reader, random: Random) -> Page:
    """List a user's notifications, the latest first (``by_user_createdAt``)."""
    user = random_document(reader, "notifications", random)["userId"]
    query = reader.query("notifications").with_index("by_user_createdAt", userId=user)
    return _page(query.order("desc"))


def unread_notifications(reader: Reader, random: Random) -> Page:
    """Filter a user's unread notifications (``by_user_isRead``)."""
    user = random_document(reader, "notifications", random)["userId"]
    query = reader.query("notifications")
    return _page(query.with_index("by_user_isRead", userId=user, isRead=False))


def _page(query: Query) -> Page:
    return query.paginate(num_items=_PAGE)


patterns = by_name(
    get_user,
    get_user_with_image,
    profile_of_auth_user,
    profile_of_session,
    profiles_by_role,
    profiles_by_location,
    profiles_by_verification_status,
    coach_profile_of_user,
    videos_of_user,
    videos_by_status,
    video_by_mux_asset,
    video_by_mux_upload,
    get_file_with_url,
    files_of_user,
    file_by_storage_id,
    files_by_file_type,
    files_by_mime_type,
    image_files,
    get_large_files,
    programs_of_coach,
    get_published_programs,
    programs_by_level,
    published_programs,
    get_program_with_coach,
    modules_of_program,
    get_modules_in_order,
    workouts_of_module,
    get_workouts_in_order,
    get_program_outline,
    exercises_of_user,
    exercises_by_category,
    public_exercises,
    notifications_in_order,
    unread_notifications,
)
search_patterns = by_name()
