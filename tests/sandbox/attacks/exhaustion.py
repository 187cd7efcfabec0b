"""Using up memory, processes, processor time, disk and the channels to the host."""

from tests.sandbox.attacks import Attempt, tries

_be = Attempt.must_be

ATTEMPTS = [
    _be("memory of one process", "memory", "x = []\nwhile True: x.append(bytearray(16 << 20))"),
    _be("memory in one demand", "memory error", "x = b'a' * (64 << 30)"),
    _be(
        "memory spread over processes",
        "memory pids",
        "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n        x = bytearray(b'a' * (100 << 20))\n"
        "        time.sleep(60)\ntime.sleep(60)",
    ),
    _be(
        "memory behind a private mapping",
        "memory error crash",
        "import mmap\nkeep = []\nwhile True:\n    m = mmap.mmap(-1, 32 << 20)\n    m.write(b'x' * (32 << 20))\n"
        "    keep.append(m)",
    ),
    _be(
        "shared memory folder",
        "disk memory",
        "i = 0\nwhile True:\n    i += 1\n    open(f'/dev/shm/{i}', 'wb').write(b'x' * (16 << 20))",
    ),
    _be(
        "many files",
        "disk memory",
        "i = 0\nwhile True:\n    i += 1\n    open(f'/tmp/{i}', 'wb').write(b'x' * (16 << 20))",
    ),
    _be("one long file", "disk", "f = open('long', 'wb')\nwhile True: f.write(b'x' * (4 << 20))"),
    _be("inodes", "disk", "i = 0\nwhile True:\n    i += 1\n    open(f'/tmp/n{i}', 'w').close()"),
    _be("fork bomb", "pids", "import os\nwhile True: os.fork()"),
    _be(
        "fork bomb that catches errors",
        "pids wall cpu",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    ),
    _be(
        "threads",
        "pids",
        "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    ),
    _be("a loop", "wall cpu", "while True: pass"),
    _be(
        "a loop that ignores signals",
        "wall cpu",
        "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\nwhile True: pass",
    ),
    _be("sleep", "wall", "import time\ntime.sleep(3600)"),
    _be("one call that never returns", "wall cpu memory", "x = 3 ** (3 ** 20)\ny = str(x)"),
    _be("a regular expression", "wall cpu", "import re\nre.match(r'(a+)+$', 'a' * 64 + 'b')"),
    _be(
        "loops in many processes",
        "cpu wall",
        "import os\nfor _ in range(8):\n    if os.fork() == 0: break\nwhile True: pass",
    ),
    _be("standard output", "output", "import os\nwhile True: os.write(1, b'y' * 65536)"),
    _be("standard error", "output", "import sys\nwhile True: sys.stderr.write('y' * 65536)"),
    _be("one endless line", "output", "while True: print('z' * 100000, end='')"),
    _be("the message channel", "output", "import os\nwhile True: os.write(3, b'{' * 65536)"),
    _be(
        "well-formed messages without end",
        "output wall",
        'import os\nline = b\'{"type":"display_data","content":{"data":{"text/plain":"\' + b"x" * 5000 + b\'"}}}\\n\'\n'
        "while True: os.write(3, line)",
    ),
    _be("a large repr", "completed output memory", "'x' * (50 << 20)"),
    tries("descriptors", "fds = [os.dup(0) for _ in range(5000)]\ngot = True"),
    tries(
        "raising a limit again",
        "import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (4096, 4096))\ngot = True",
    ),
    tries(
        "limits of the first process",
        "import resource\nresource.prlimit(1, resource.RLIMIT_CPU, (0, 0))\ngot = True",
    ),
    tries("real-time priority", "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))\ngot = True"),
    tries("a better nice value", "os.nice(-5)\ngot = True"),
    tries("shielding from the memory killer", "open('/proc/self/oom_score_adj', 'w').write('-1000')\ngot = True"),
]
