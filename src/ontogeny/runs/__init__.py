"""Runs: their configuration, folder, checkpoints and metrics."""
