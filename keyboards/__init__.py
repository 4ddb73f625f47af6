"""Callback data and the keyboard built of it, one file a screen."""
