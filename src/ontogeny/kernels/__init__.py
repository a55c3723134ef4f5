"""Native code behind a net's hot loop, each beside the plain version that defines it: none yet."""
