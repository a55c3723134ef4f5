"""What the package claims about speed and memory, measured beside named peers on this machine.

`suites.run` measures what `options.Options` name. Imports nothing here: a value that cannot be
used is refused before JAX starts.
"""
