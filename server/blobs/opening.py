"""From the settings to the store."""

from __future__ import annotations

from pathlib import Path

from server.blobs.folder import FolderStore
from server.blobs.moving import StoreInMotion
from server.blobs.s3 import open_s3_store
from server.blobs.store import BlobStore
from server.config import Settings, SettingsError


def open_blobs(settings: Settings) -> BlobStore:
    """The store of this installation; while it moves, both stores as one."""
    store = open_store(settings.blob_url, settings)
    if settings.former_blob_url is None:
        return store
    return StoreInMotion(store, open_store(settings.former_blob_url, settings))


def open_store(url: str, settings: Settings) -> BlobStore:
    """The store at *url*.

    Raises
    ------
    SettingsError
        for a scheme that no driver serves, a path that is not absolute, or S3 without boto3.
    """
    scheme, separator, path = url.partition("://")
    if scheme == "s3" and separator:
        return open_s3_store(url, settings.s3)
    if scheme != "file" or not separator or not path.startswith("/"):
        raise SettingsError(
            f"YANSHOU_BLOB_URL={url!r} is not supported; "
            "use file:///an/absolute/folder or s3://bucket/prefix"
        )
    return FolderStore(Path(path))
