"""Lets tests import the course's lab as its cells do."""

from __future__ import annotations

import sys

from tests.courses.material import COURSE

if str(COURSE) not in sys.path:
    sys.path.append(str(COURSE))
