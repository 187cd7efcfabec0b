"""Erica's page: `streamlit run streamlit_app.py` or `erica serve`."""

from tutor.ui.app import main

main()
