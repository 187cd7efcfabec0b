"""The script that `erica serve` gives to Streamlit."""

from tutor.ui.app import main

main()
