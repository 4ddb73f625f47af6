"""What time it is in the stand-in."""

import time


class Clock:
    """Real time, which a test may push forward; seconds since the epoch."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since the epoch, with everything that `advance` added."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once: taps grow stale, messages old."""
        self._ahead += seconds
