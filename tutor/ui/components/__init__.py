"""Own components of the pages (Streamlit components, version 2): a folder each, with what it ships in `built/`."""
