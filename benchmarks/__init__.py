"""What the project claims about speed and quality, measured; README.md keeps the results."""
