"""Published systems re-done, one a file."""
