"""Files, secrets, network and other processes of the host."""

from tests.sandbox.attacks import tries

ATTEMPTS = [
    tries("password hashes", "got = open('/etc/shadow').read()", control=True),
    tries("account names", "got = 'root' in open('/etc/passwd').read()", control=True),
    tries("a file of ours", "got = open('@SECRET_FILE@').read()", control=True),
    tries("a file of ours through the first process", "got = open('/proc/1/root@SECRET_FILE@').read()"),
    tries("a file of ours through a parent folder", "got = open('../../../..' + '@SECRET_FILE@').read()"),
    tries("a link to a file of ours", "os.symlink('@SECRET_FILE@', 'l')\ngot = open('l').read()", control=True),
    tries("the folder of the project", "got = os.listdir('@PROJECT@')", control=True),
    tries("root's home", "got = [n for n in os.listdir('/root') if not '@PYTHON@'.startswith(f'/root/{n}/')]"),
    tries("the devices of the kernel", "got = os.listdir('/sys/class')", control=True),
    tries("kernel memory", "got = open('/proc/kcore', 'rb').read(4)"),
    tries("a secret in our environment", "got = '@SECRET@' in os.environ.values()", control=True),
    tries("a secret in the first process", "got = b'@SECRET@' in open('/proc/1/environ', 'rb').read()"),
    tries("a secret in our process", "got = b'@SECRET@' in open('/proc/@PID@/environ', 'rb').read()"),
    tries("a secret in our memory", "open('/proc/@PID@/mem', 'rb')\ngot = True", control=True),
    tries("the list of processes", "got = len([n for n in os.listdir('/proc') if n.isdigit()]) > 3", control=True),
    tries(
        "descriptors left open",
        "links = [os.readlink(f'/proc/self/fd/{n}') for n in range(4, 256) if os.path.exists(f'/proc/self/fd/{n}')]\n"
        "got = [l for l in links if not l.startswith(('/proc', '/home/student'))]",
    ),
    tries("writing to the system", "open('/usr/erica-attack', 'w')\ngot = True"),
    tries("writing configuration", "open('/etc/erica-attack', 'w')\ngot = True"),
    tries("writing into the packages", "open('/box/packages/0/erica-attack', 'w')\ngot = True"),
    tries("adding a folder of packages", "os.mkdir('/box/packages/9')\ngot = True"),
    tries("moving the packages", "os.rename('/box/packages', '/tmp/packages')\ngot = True"),
    tries("writing beside the box's own code", "open('/box/ours/guest/wire.py', 'a')\ngot = True"),
    tries(
        "writing into the libraries",
        "import json\nopen(os.path.join(os.path.dirname(json.__file__), 'x'), 'w')\ngot = True",
    ),
    tries("replacing the home folder", "os.rename('/home/student', '/home/other')\ngot = True"),
    tries("writing a device", "open('/dev/kmsg', 'w').write('x')\ngot = True"),
    tries("making a device", "import stat\nos.mknod('d', 0o600 | stat.S_IFBLK, os.makedev(8, 0))\ngot = True"),
    tries("kernel settings", "open('/proc/sys/kernel/core_pattern', 'w').write('|/bin/sh')\ngot = True"),
    tries("the system request key", "open('/proc/sysrq-trigger', 'w').write('h')\ngot = True"),
    tries("linking a system file", "os.link('/usr/bin/env', 'env')\ngot = True"),
    tries(
        "a set-uid program",
        "import shutil, subprocess\nshutil.copy('/usr/bin/id', 'id')\nos.chmod('id', 0o4755)\n"
        "got = subprocess.run(['./id', '-u'], capture_output=True, text=True).stdout.strip() == '0'",
    ),
    tries(
        "set-uid programs of the system",
        "import subprocess\nfor name in ('/usr/bin/su', '/usr/bin/mount', '/usr/bin/newuidmap'):\n"
        "    if os.path.exists(name):\n"
        "        done = subprocess.run(['/usr/bin/setpriv', '--dump'], capture_output=True, text=True)\n"
        "        got = got or 'no_new_privs: 1' not in done.stdout and done.returncode == 0",
    ),
    tries("becoming root", "os.setuid(0)\ngot = True"),
    tries(
        "our packages",
        "import importlib.util\n"
        "for name in ('tutor.sandbox', 'knowledge.model', 'ingest.document'):\n"
        "    try: got = got or importlib.util.find_spec(name)\n"
        "    except ModuleNotFoundError: pass",
    ),
    tries("a local TCP port", "socket.create_connection(('127.0.0.1', @PORT@), 2)\ngot = True", control=True),
    tries("a UDP datagram", "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ngot = True", control=True),
    tries("IPv6", "socket.socket(socket.AF_INET6, socket.SOCK_STREAM)\ngot = True", control=True),
    tries("a virtual machine's socket", "socket.socket(40, socket.SOCK_STREAM)\ngot = True", control=True),
    tries("netlink", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)\ngot = True", control=True),
    tries("raw packets", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\ngot = True"),
    tries("the kernel's ciphers", "socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)\ngot = True"),
    tries("a name server", "got = socket.getaddrinfo('example.org', 80)"),
    tries(
        "an abstract socket of ours",
        "s = socket.socket(socket.AF_UNIX)\ns.connect('\\0@ABSTRACT@')\ngot = True",
        control=True,
    ),
    tries(
        "a socket file of ours",
        "s = socket.socket(socket.AF_UNIX)\ns.connect('@SOCKET_FILE@')\ngot = True",
        control=True,
    ),
    tries("a network device", "got = [n for _, n in socket.if_nameindex() if n != 'lo']"),
    tries("killing us", "os.kill(@PID@, 0)\ngot = True", control=True),
    tries("killing the first process", "os.kill(1, 9)\nos.kill(1, 0)\nimport time; time.sleep(0.1)\ngot = False"),
    tries("stopping the first process", "os.kill(1, 19)\ngot = False"),
]
