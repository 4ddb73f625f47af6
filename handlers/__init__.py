"""One router a journey; a handler is one service call and one reply."""
