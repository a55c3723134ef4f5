"""What an untrained net says of how it will learn: scores of any net and a few images."""

from ontogeny.scores.score import SCORES, Score, Scored, scores

__all__ = ["SCORES", "Score", "Scored", "scores"]
