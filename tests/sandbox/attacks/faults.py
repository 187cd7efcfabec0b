"""Crashes, and processes that try to outlive their cell."""

from tests.sandbox.attacks import Attempt

_be = Attempt.must_be
_LATER = "    time.sleep(0.3)\n    while True: time.sleep(0.05)\n"

ATTEMPTS = [
    _be("a bad address", "crash", "import ctypes\nctypes.string_at(0)"),
    _be("abort", "crash", "import os\nos.abort()"),
    _be("killing itself", "crash", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    _be("killing everyone", "crash error completed", "import os, signal\nos.kill(-1, signal.SIGKILL)"),
    _be("stopping itself", "wall", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
    _be("recursion", "error", "def f(): return f()\nf()"),
    _be(
        "recursion below Python",
        "crash error memory",
        "import sys\nsys.setrecursionlimit(10**8)\ndef f(): return f()\nf()",
    ),
    _be("syntax", "error", "def f(:\n  pass"),
    _be("a missing package", "error", "import no_such_package_at_all"),
    _be("taking away the streams", "completed error", "import sys\nsys.stdout = sys.stderr = None\nprint('x')"),
    _be("taking away the modules", "completed error ended_early", "import sys\nsys.modules.clear()"),
    _be("removing the working folder", "completed error", "import os, shutil\nshutil.rmtree('/home/student', True)"),
    _be(
        "a daemon",
        "completed",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork(): os._exit(0)\n" + _LATER,
    ),
    _be(
        "a daemon that ignores signals",
        "completed",
        "import os, signal, time\nif os.fork() == 0:\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + _LATER,
    ),
    _be(
        "a grandchild that holds the output open",
        "completed",
        "import subprocess\nsubprocess.Popen(['/bin/sleep', '3600'])\nprint('done')",
    ),
    _be(
        "a stopped child",
        "completed",
        "import os, signal\nif os.fork() == 0: os.kill(os.getpid(), signal.SIGSTOP)\n",
    ),
    _be("an exit function that never returns", "wall cpu", "import atexit, time\natexit.register(time.sleep, 3600)"),
    _be(
        "a thread that never ends",
        "wall cpu",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(3600,)).start()",
    ),
]
