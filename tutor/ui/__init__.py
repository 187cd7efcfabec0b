"""The pages people see, on Streamlit. They show what `tutor` holds and decide nothing."""
