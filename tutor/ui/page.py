"""The script that `erica serve` gives to Streamlit."""

import sys

from tutor.ui.app import main

main(read_only="--read-only" in sys.argv[1:])
