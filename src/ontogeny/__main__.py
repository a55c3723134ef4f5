"""`python -m ontogeny`."""

from ontogeny.cli.main import main

main()
