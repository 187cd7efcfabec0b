"""Course material from the web: which addresses may be asked, what is fetched, and what is kept of it.

Foreign addresses and pages are not trusted: nothing here reaches a machine that the person did not name.
"""
