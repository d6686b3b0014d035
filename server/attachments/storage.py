"""The application's stores: opened once by ``create_app``, handed to services as an argument."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app

from server.attachments.derivatives import Derivatives
from server.attachments.images import ImageLimits
from server.blobs.opening import open_blobs
from server.blobs.store import BlobStore
from server.config import Settings

_STORAGE = "yanshou.storage"


@dataclass(frozen=True, slots=True)
class Storage:
    blobs: BlobStore
    derivatives: Derivatives


def open_storage(settings: Settings) -> Storage:
    return Storage(
        blobs=open_blobs(settings),
        # A cache of this machine, wherever the blobs are.
        derivatives=Derivatives(settings.data_dir / "derived"),
    )


def image_limits(settings: Settings) -> ImageLimits:
    return ImageLimits(settings.image_pixels_max, settings.image_frames_max)


def init_storage(app: Flask, settings: Settings) -> Storage:
    storage = open_storage(settings)
    app.extensions[_STORAGE] = storage
    return storage


def current_storage() -> Storage:
    storage: Storage = current_app.extensions[_STORAGE]
    return storage
