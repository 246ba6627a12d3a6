"""
The tables of ``ekvi``: profiles, coaches, media, programs and notifications.

Readings:

- ``profileImage`` is the id of a stored file; the document's samples that say
  ``profileImageId`` predate a renaming.
- ``files`` has ``uploadedBy`` and all four indexes, as its own section says; ``storageId`` is a
  plain string that holds the id of a stored file.
- "1:1" is enforced: one profile for each auth user, one coach profile for each profile.
- ``videos.status`` has five values; ``muxAssetId`` is required and not unique, and holds a
  placeholder until the video service names the asset.
- ``workouts.difficulty`` is from 1 to 5.
- Advice, not rules, hence not enforced: ``files.fileType`` is "image", "thumbnail" or
  "document"; ``notifications.type`` is one of an open list.
- ``verificationStatus`` begins as "unverified" by the mutation that creates a profile, not by a
  default. No deletion has consequences; a reference may dangle.
- Accounts are in the component ``betterAuth``; ``authId`` is a string so that another provider
  can take its place.
"""

from docdb import define_schema, define_table, v

from .better_auth import better_auth

__all__ = ["schema"]

_STAMPS = {"createdAt": v.number(), "updatedAt": v.number()}

_user_profiles = (
    define_table(
        {
            "authId": v.string(),
            "displayName": v.string(),
            "bio": v.optional(v.string()),
            "profileImage": v.optional(v.id("_storage")),
            "role": v.union(v.literal("athlete"), v.literal("coach"), v.literal("admin")),
            "location": v.optional(v.string()),
            "languages": v.optional(v.array(v.string())),
            "verificationStatus": v.union(
                v.literal("unverified"), v.literal("pending"), v.literal("verified")
            ),
            "certifications": v.optional(v.array(v.string())),
            "socialLinks": v.optional(
                v.object(
                    {
                        "instagram": v.optional(v.string()),
                        "youtube": v.optional(v.string()),
                        "website": v.optional(v.string()),
                    }
                )
            ),
            **_STAMPS,
        }
    )
    .index("by_auth", ["authId"], unique=True)
    .index("by_role", ["role"])
    .index("by_location", ["location"])
    .index("by_verificationStatus", ["verificationStatus"])
)

_coach_profiles = define_table(
    {
        "profileId": v.id("userProfiles"),
        "specialties": v.array(v.string()),
        "dateOfBirth": v.number(),
        "certifications": v.array(v.string()),
        "bio": v.string(),
        "introVideoId": v.optional(v.id("videos")),
        **_STAMPS,
    }
).index("by_profileId", ["profileId"], unique=True)

_videos = (
    define_table(
        {
            "uploadedBy": v.id("userProfiles"),
            "muxAssetId": v.string(),
            "muxUploadId": v.optional(v.string()),
            "muxPlaybackId": v.optional(v.string()),
            "status": v.union(
                v.literal("waiting_for_upload"),
                v.literal("uploading"),
                v.literal("processing"),
                v.literal("ready"),
                v.literal("error"),
            ),
            "title": v.string(),
            "description": v.optional(v.string()),
            "duration": v.optional(v.number()),
            "aspectRatio": v.optional(v.string()),
            "thumbnailUrl": v.optional(v.string()),
            "errorMessage": v.optional(v.string()),
            **_STAMPS,
        }
    )
    .index("by_uploadedBy", ["uploadedBy"])
    .index("by_status", ["status"])
    .index("by_muxAssetId", ["muxAssetId"])
    .index("by_muxUploadId", ["muxUploadId"])
)

_files = (
    define_table(
        {
            "uploadedBy": v.id("userProfiles"),
            "storageId": v.string(),
            "fileName": v.string(),
            "fileType": v.string(),
            "width": v.optional(v.number()),
            "height": v.optional(v.number()),
            "mimeType": v.string(),
        }
    )
    .index("by_uploadedBy", ["uploadedBy"])
    .index("by_storageId", ["storageId"])
    .index("by_fileType", ["fileType"])
    .index("by_mimeType", ["mimeType"])
)

_programs = (
    define_table(
        {
            "coachProfileId": v.id("coachProfiles"),
            "title": v.string(),
            "description": v.string(),
            "category": v.string(),
            "level": v.union(
                v.literal("beginner"), v.literal("intermediate"), v.literal("advanced")
            ),
            "thumbnailId": v.optional(v.id("files")),
            "previewVideoId": v.optional(v.id("videos")),
            "isPublished": v.boolean(),
            **_STAMPS,
        }
    )
    .index("by_coach", ["coachProfileId"])
    .index("by_category", ["category"])
    .index("by_level", ["level"])
    .index("by_published", ["isPublished"])
)

_program_modules = (
    define_table(
        {
            "programId": v.id("programs"),
            "title": v.string(),
            "description": v.string(),
            "order": v.number(),
            "duration": v.optional(v.number()),
            **_STAMPS,
        }
    )
    .index("by_program", ["programId"])
    .index("by_program_order", ["programId", "order"])
)

_workouts = (
    define_table(
        {
            "moduleId": v.id("programModules"),
            "title": v.string(),
            "description": v.string(),
            "instructions": v.optional(v.string()),
            "order": v.number(),
            "videoId": v.optional(v.id("videos")),
            "duration": v.optional(v.number()),
            "difficulty": v.number(minimum=1, maximum=5),
            **_STAMPS,
        }
    )
    .index("by_module", ["moduleId"])
    .index("by_module_order", ["moduleId", "order"])
)

_exercises = (
    define_table(
        {
            "createdBy": v.id("userProfiles"),
            "name": v.string(),
            "description": v.string(),
            "category": v.string(),
            "equipment": v.array(v.string()),
            "videoId": v.optional(v.id("videos")),
            "thumbnailId": v.optional(v.id("files")),
            "isPublic": v.boolean(),
            **_STAMPS,
        }
    )
    .index("by_createdBy", ["createdBy"])
    .index("by_category", ["category"])
    .index("by_isPublic", ["isPublic"])
)

_notifications = (
    define_table(
        {
            "userId": v.id("userProfiles"),
            "type": v.string(),
            "title": v.string(),
            "content": v.string(),
            "actionUrl": v.optional(v.string()),
            "isRead": v.boolean(),
            "readAt": v.optional(v.number()),
            "metadata": v.optional(v.object({"raw": v.any()})),
            "createdAt": v.number(),
        }
    )
    .index("by_user_createdAt", ["userId", "createdAt"])
    .index("by_user_isRead", ["userId", "isRead"])
)

schema = define_schema(
    {
        "userProfiles": _user_profiles,
        "coachProfiles": _coach_profiles,
        "videos": _videos,
        "files": _files,
        "programs": _programs,
        "programModules": _program_modules,
        "workouts": _workouts,
        "exercises": _exercises,
        "notifications": _notifications,
    },
    components={"betterAuth": better_auth},
)
