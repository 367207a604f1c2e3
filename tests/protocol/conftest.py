"""Properties are held against many bytes, and no clock: a busy machine is not a failure."""

from hypothesis import settings

settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")
