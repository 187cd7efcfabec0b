"""The tutor: plans, composes and checks lessons from the library, and shows them."""
