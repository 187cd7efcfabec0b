"""Parts of the kernel that no lesson needs."""

from tests.sandbox.attacks import Attempt, calls, tries

_INT80 = """
import ctypes, mmap, os
code = bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3])  # mov eax, getpid of the 32-bit table; int 0x80; ret
if os.uname().machine != 'x86_64': os.abort()
page = mmap.mmap(-1, 4096, prot=7)
page.write(code)
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
print('BROKE', ctypes.CFUNCTYPE(ctypes.c_int)(address)())
"""

ATTEMPTS = [
    calls("ptrace", 101, 117, 0, 0, 0, 0),
    calls("reading another process's memory", 310, 270, 1, 0, 0, 0, 0, 0),
    calls("comparing processes", 312, 272, 1, 1, 0, 0, 0),
    calls("taking a descriptor", 438, 438, 3, 1, 0),
    calls("a new user namespace", 272, 97, 0x10000000),
    calls("a new network namespace", 272, 97, 0x40000000),
    calls("a fork into a user namespace", 56, 220, "ctypes.c_ulong(0x10000000 | 17)", 0, 0, 0, 0),
    calls("a fork into a pid namespace", 56, 220, "ctypes.c_ulong(0x20000000 | 17)", 0, 0, 0, 0),
    calls("the newer clone", 435, 435, "ctypes.create_string_buffer(88)", 88),
    tries(
        "joining a namespace",
        "fd = os.open('/proc/self/ns/net', 0)\nctypes.CDLL(None)\n"
        "number = 308 if os.uname().machine == 'x86_64' else 268\n"
        "got = ctypes.CDLL(None).syscall(number, fd, 0) == 0",
    ),
    tries("a mount", "got = ctypes.CDLL(None).mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None) == 0"),
    tries("an unmount", "got = ctypes.CDLL(None).umount2(b'/tmp', 2) == 0"),
    calls("a detached mount", 428, 428, -100, 'b"/tmp"', 1),
    calls("a new file system", 430, 430, 'b"tmpfs"', 0),
    calls("another root", 161, 51, 'b"/tmp"'),
    calls("a file by its handle", 304, 265, -100, 0, 0),
    calls("BPF", 321, 280, 0, "ctypes.create_string_buffer(128)", 128),
    calls("performance counters", 298, 241, "ctypes.create_string_buffer(128)", 0, -1, -1, 0),
    calls("user page faults", 323, 282, 1),
    calls("io_uring", 425, 425, 8, "ctypes.create_string_buffer(256)"),
    calls("keyrings", 250, 219, 0, -3, 1),
    calls("a key", 248, 217, 'b"user"', 'b"k"', 'b"v"', 1, -3),
    calls("a memory file", 319, 279, 'b"m"', 0),
    calls("secret memory", 447, 447, 0),
    calls("shared memory segments", 29, 194, 0, 4096, 0o1600),
    calls("message queues", 68, 186, 0, 0o1600),
    calls("semaphores", 64, 190, 0, 1, 0o1600),
    calls("named message queues", 240, 180, 'b"q"', 0o102, 0o600, 0),
    calls("a kernel module", 313, 273, 0, 'b""', 0),
    calls("another kernel", 246, 104, 0, 0, 0, 0),
    calls("a restart", 169, 142, 0xFEE1DEAD, 672274793, 0x1234567, 0),
    calls("the kernel's log", 103, 116, 3, "ctypes.create_string_buffer(64)", 64),
    calls("the clock", 227, 112, 0, "ctypes.create_string_buffer(16)"),
    calls("the host's name", 170, 161, 'b"x"', 1),
    calls("another personality", 135, 92, 0x0400000),
    calls("watching all files", 300, 262, 0, 0),
    calls("a second filter", 317, 277, 1, 8, 0),
    calls("call numbers of a later kernel", 467, 467, 0, 0, 0, 0),
    tries("typing into a terminal", "import fcntl\nfcntl.ioctl(0, 0x5412, b'x')\ngot = True"),
    tries(
        "out-of-band messages",
        "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)\ngot = a.send(b'x', socket.MSG_OOB)",
    ),
    Attempt("the 32-bit entry", _INT80, frozenset({"crash"})),
]
