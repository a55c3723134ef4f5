"""Pages and figures that show what came out: `html.write_report`, `compare.compare`."""
