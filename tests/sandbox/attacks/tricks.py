# ruff: noqa: E501 (snippets read best unbroken)
"""Ways around the obvious: what is counted elsewhere, said twice, hidden from the watch, or left half done."""

from tests.sandbox.attacks import Attempt, tries

_be = Attempt.must_be
_STOLEN = (
    "import json, os, sys\nframe, order = sys._getframe(), ''\nwhile frame:\n"
    "    for value in list(dict(frame.f_locals).values()):\n"
    "        if isinstance(value, dict) and 'op' in value: order = value['id']\n    frame = frame.f_back\n"
    "line = json.dumps({'type': 'done', 'id': order, 'status': 'ok', 'count': 1}) + '\\n'\nos.write(3, line.encode())\n"
)
_UNDUMPABLE = "import ctypes, os, time\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n"

ATTEMPTS = [
    _be("a stolen order's id, then an error", "error", _STOLEN + "1/0"),
    _be("a stolen order's id, then out", "ended_early", _STOLEN + "os._exit(0)"),
    _be(
        "a fork bomb of short lives",
        "wall cpu",
        "import os\nwhile True:\n    if os.fork() == 0: os._exit(0)\n    os.wait()",
    ),
    _be("a fork bomb of the unburied", "pids", "import os\nwhile True:\n    if os.fork() == 0: os._exit(0)"),
    _be(
        "a fork bomb of orphans",
        "pids",
        "import os, time\nwhile True:\n    if os.fork() == 0:\n        if os.fork() == 0: time.sleep(60)\n"
        "        os._exit(0)\n    os.wait()",
    ),
    _be(
        "programs without end",
        "pids error",
        "import subprocess\nkept = []\nwhile True: kept.append(subprocess.Popen(['/bin/sleep', '60']))",
    ),
    _be("a sparse file beyond the limit", "disk error crash", "open('s', 'wb').truncate(1 << 40)"),
    _be(
        "sparse files filled through memory",
        "disk crash memory error",
        "import mmap\nfor n in range(9):\n    f = open(f's{n}', 'w+b'); f.truncate(12 << 20)\n"
        "    m = mmap.mmap(f.fileno(), 12 << 20)\n    for k in range(0, 12 << 20, 4096): m[k] = 1",
    ),
    _be("links instead of files", "disk", "import os\nn = 0\nwhile True:\n    os.symlink('x', f'l{n}'); n += 1"),
    _be("folders in folders", "disk wall cpu", "import os\nwhile True:\n    os.mkdir('d'); os.chdir('d')"),
    _be(
        "files that have no name any more",
        "disk memory error",
        "import os\nkept = []\nwhile True:\n    f = open('u', 'wb'); os.unlink('u'); f.write(b'x' * (1 << 20)); f.flush()\n"
        "    kept.append(f)",
    ),
    _be(
        "memory in pipes",
        "error memory pids",
        "import fcntl, os\nkept = []\nwhile True:\n    r, w = os.pipe(); os.set_blocking(w, False); kept.append((r, w))\n"
        "    try:\n        while True: os.write(w, b'x' * 65536)\n    except BlockingIOError: pass",
    ),
    _be(
        "descriptors in flight",
        "error wall cpu memory",
        "import os, socket\nwhile True:\n    a, b = socket.socketpair(); r, w = os.pipe()\n"
        "    socket.send_fds(a, [b'x'], [r, w, a.fileno(), b.fileno()]); a.close(); b.close(); os.close(r); os.close(w)",
    ),
    _be(
        "shared memory of several processes",
        "memory crash",
        "import mmap, os, time\nfor n in range(6):\n    if os.fork() == 0:\n        m = mmap.mmap(-1, 60 << 20)\n"
        "        m[:] = b'x' * (60 << 20); time.sleep(60)\ntime.sleep(60)",
    ),
    _be(
        "memory that nobody may look at",
        "memory error",
        _UNDUMPABLE + "x = []\nwhile True: x.append(bytearray(b'1' * (8 << 20)))",
    ),
    _be(
        "time that nobody may look at",
        "cpu wall",
        _UNDUMPABLE + "for n in range(6):\n    if os.fork() == 0: break\nwhile True: pass",
    ),
    _be(
        "a name that confuses who reads it",
        "memory error",
        "import ctypes\nctypes.CDLL(None).prctl(15, b') R 1 1', 0, 0, 0)\nx = []\nwhile True: x.append(bytearray(b'1' * (8 << 20)))",
    ),
    _be(
        "replacing itself without end",
        "ended_early wall cpu",
        "import os, sys\nos.execv(sys.executable, [sys.executable, '-c', 'while True: pass'])",
    ),
    _be(
        "ignoring the limit of processor time",
        "wall cpu",
        "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
    ),
    _be(
        "a flood of timers",
        "completed wall cpu",
        "import signal, time\nsignal.signal(14, lambda *_: None)\nsignal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)\ntime.sleep(0.5)",
    ),
    _be("an alarm", "crash", "import signal, time\nsignal.alarm(1)\ntime.sleep(60)"),
    _be("closing every descriptor", "ended_early crash completed", "import os\nos.closerange(0, 1000)"),
    _be(
        "hanging up on the host", "ended_early crash", "import os, socket\nsocket.socket(fileno=os.dup(3)).shutdown(2)"
    ),
    _be(
        "speaking to the host with descriptors",
        "completed error",
        "import os, socket\ns = socket.socket(fileno=os.dup(3))\nfor n in range(300): socket.send_fds(s, [b'\\n'], [0, 1, 2])",
    ),
    _be(
        "messages of every wrong shape",
        "completed",
        "import json, os\nfor c in ([], 1, None, 'x', {'data': []}, {'data': {'text/plain': 5}}, {'traceback': 5}):\n"
        "    for k in ('display_data', 'error', 'clear_output', 'update_display_data', 'execute_result'):\n"
        "        os.write(3, (json.dumps({'type': k, 'content': c}) + '\\n').encode())",
    ),
    _be(
        "bytes that are no text",
        "completed",
        "import os\nos.write(1, b'\\xff\\xfe\\x80' * 1000)\nos.write(2, bytes(range(256)))",
    ),
    _be("text that no encoding has", "error", "raise ValueError('\\ud800\\udfff')"),
    _be("an error of great length", "error", "raise ValueError('x' * 10**7)"),
    _be(
        "taking away the way to answer",
        "wall error ended_early",
        "import sys\nsys.modules['guest.student'].Talk.tell = lambda *a, **k: None\n1/0",
    ),
    _be(
        "a hook that sees everything",
        "completed error ended_early crash",
        "import sys\ndef hook(*_): raise RuntimeError\nsys.addaudithook(hook)",
    ),
    _be(
        "no builtins any more",
        "completed error ended_early crash",
        "import builtins\nfor n in list(vars(builtins)): delattr(builtins, n)",
    ),
    _be(
        "a stack of its own",
        "crash memory error",
        "import sys, threading\nthreading.stack_size(1 << 28)\nsys.setrecursionlimit(1 << 30)\ndef f(n): return f(n + 1)\nt = threading.Thread(target=f, args=(0,)); t.start(); t.join(); 1/0",
    ),
    _be(
        "names that no folder should have",
        "completed",
        "open('a\\nb', 'w').write('x'); open(b'\\xff', 'wb').write(b'x'); open('-rf', 'w').write('x')",
    ),
    _be("waiting at a queue", "wall", "import os\nos.mkfifo('f')\nopen('f').read()"),
    tries(
        "forged credentials",
        "import struct\na, b = socket.socketpair()\ngot = a.sendmsg([b'x'], [(socket.SOL_SOCKET, 2, struct.pack('3i', 1, 0, 0))])",
    ),
    tries("locking memory", "got = ctypes.CDLL(None).mlockall(3) == 0"),
    tries("another map of users", "open('/proc/self/uid_map', 'w').write('0 0 1')\ngot = True"),
    tries("other groups", "os.setgroups([0])\ngot = True"),
    tries(
        "devices of virtual machines and networks",
        "for n in ('/dev/kvm', '/dev/net/tun', '/dev/fuse', '/dev/userfaultfd', '/dev/mem'):\n    try: got = got or open(n, 'rb')\n    except OSError: pass",
    ),
    tries("an attribute that only root sets", "open('a', 'w')\nos.setxattr('a', 'trusted.x', b'1')\ngot = True"),
]
