"""Sample videos in every stage of their life, and files of three kinds."""

from docdb import UNSET

from ..sampling import Document, Sample
from ..vocabulary import phrase, sentence, slug, title

__all__ = ["file", "video"]

# An asset has no id before the upload is complete, but the field is required.
_NO_ASSET = "pending"
_STAGES = ("ready",) * 6 + ("waiting_for_upload", "uploading", "processing", "error")
_KINDS = (
    ("image", "image/jpeg", "jpg"),
    ("image", "image/png", "png"),
    ("thumbnail", "image/webp", "webp"),
    ("document", "application/pdf", "pdf"),
)


def video(sample: Sample) -> Document:
    """Make a video; what its stage has not reached yet is absent."""
    random, deal = sample.random, sample.deal
    status = deal.pick("video status", _STAGES)
    is_ready = status == "ready"
    playback = slug(random, characters=20)
    created = sample.instant()
    return {
        "uploadedBy": sample.pool("profiles").pick(),
        "muxAssetId": _NO_ASSET if status in _STAGES[6:8] else slug(random, characters=22),
        "muxUploadId": deal.maybe("muxUploadId", lambda: slug(random, characters=22), tenths=9),
        "muxPlaybackId": playback if is_ready else UNSET,
        "status": status,
        "title": title(random),
        "description": deal.maybe("video description", lambda: sentence(random)),
        "duration": round(random.uniform(5, 3600), 2) if is_ready else UNSET,
        "aspectRatio": random.choice(("16:9", "9:16", "4:3")) if is_ready else UNSET,
        "thumbnailUrl": f"https://image.mux.com/{playback}/thumbnail.jpg" if is_ready else UNSET,
        "errorMessage": sentence(random) if status == "error" else UNSET,
        "createdAt": created,
        "updatedAt": sample.after(created),
    }


def file(sample: Sample) -> Document:
    """Make the record of a stored file; only images have a width and a height."""
    random = sample.random
    kind, mime_type, suffix = sample.deal.pick("file kind", _KINDS)
    is_image = kind != "document"
    stored = sample.file()
    return {
        "uploadedBy": sample.pool("profiles").pick(),
        "storageId": slug(random, characters=32) if stored is UNSET else stored,
        "fileName": f"{phrase(random, 2).replace(' ', '-')}.{suffix}",
        "fileType": kind,
        "width": random.randint(64, 4000) if is_image else UNSET,
        "height": random.randint(64, 4000) if is_image else UNSET,
        "mimeType": mime_type,
    }
