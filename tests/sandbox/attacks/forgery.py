"""Pretending to be the host, and showing active content."""

from tests.sandbox.attacks import Attempt

_be = Attempt.must_be

ATTEMPTS = [
    _be("leaving in the middle", "ended_early", "print('half')\nimport os\nos._exit(0)\nprint('rest')"),
    _be("leaving by exit", "ended_early", "import sys\nsys.exit(0)\nprint('rest')"),
    _be("becoming another program", "ended_early", "import os\nos.execv('/bin/true', ['true'])"),
    _be(
        "a forged end",
        "ended_early",
        'import os\nos.write(3, b\'{"type":"done","id":"0","status":"ok","count":1}\\n\')\nos._exit(0)',
    ),
    _be(
        "a forged verdict",
        "error",
        'import os\nos.write(3, b\'{"type":"verdict","verdict":"completed"}\\n\')\n'
        'print(\'{"verdict": "completed"}\')\n1/0',
    ),
    _be(
        "a forged end of the process",
        "error",
        'import os\nfor fd in range(0, 64):\n    try: os.write(fd, b\'{"ended":0,"cpu_s":0}\\n\')\n'
        "    except OSError: pass\n1/0",
    ),
    _be(
        "no word at all",
        "ended_early crash",
        "import os\nos.close(3)\nos.close(1)\nprint('x')",
    ),
    _be("a malformed message", "completed", "import os\nos.write(3, b'\\xff\\xfe{{{\\n')"),
    _be("a deeply nested message", "completed", "import os\nos.write(3, b'[' * 200000 + b'\\n')"),
    _be("a number of many digits", "completed", "import os\nos.write(3, b'{\"a\":' + b'9' * 100000 + b'}\\n')"),
    _be(
        "a key that stands twice",
        "completed",
        'import os\nos.write(3, b\'{"type":"error","type":"done","content":{}}\\n\')',
    ),
    _be(
        "active content without a name",
        "completed",
        "class Page:\n    def _repr_html_(self): return '<script>alert(1)</script>'\nPage()",
    ),
    _be(
        "active content behind the display's back",
        "completed",
        'import os\nos.write(3, b\'{"type":"display_data","content":{"data":'
        '{"text/html":"<script>alert(1)</script>","image/svg+xml":"<svg onload=alert(1)>"}}}\\n\')',
    ),
    _be("an error that cannot be told", "error", "class E(Exception):\n    def __str__(self): 1/0\nraise E()"),
    _be("asking for the keyboard", "error", "input('password: ')"),
]
