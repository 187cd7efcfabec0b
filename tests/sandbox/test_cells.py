"""What a cell gives back: streams, outputs, errors in its own lines, files; and what must still work in the box."""

from __future__ import annotations

import base64
import threading

import pytest

from tests.sandbox.conftest import SHORT, run
from tutor.sandbox import CellRequest, Limits, Output, Sandbox, Verdict, libraries_used

pytestmark = pytest.mark.slow
ROOMY = Limits(wall_s=60.0)


def _shown(outputs: tuple[Output, ...], mime: str = "text/plain") -> list[str]:
    return [o.content["data"][mime] for o in outputs if mime in o.content.get("data", {})]


def test_streams_and_the_last_value_come_back(bare: Sandbox) -> None:
    result = run(bare, "import sys\nprint('out')\nprint('err', file=sys.stderr)\n6 * 7")
    assert (result.verdict, result.stdout, result.stderr) == (Verdict.COMPLETED, "out\n", "err\n")
    assert [o.kind for o in result.outputs] == ["execute_result"]
    assert _shown(result.outputs) == ["42"]


def test_output_below_python_is_seen(bare: Sandbox) -> None:
    assert run(bare, "import os\nos.system('echo from a shell')").stdout == "from a shell\n"


def test_a_semicolon_hides_the_last_value(bare: Sandbox) -> None:
    assert run(bare, "6 * 7;").outputs == ()


def test_an_error_shows_the_students_lines_and_no_others(bare: Sandbox) -> None:
    result = run(bare, "import json\ndef load(text):\n    return json.loads(text)\nload('{')")
    error = result.outputs[-1].content
    text = "".join(error["traceback"])
    assert (result.verdict, error["ename"], error["line"]) == (Verdict.ERROR, "JSONDecodeError", 3)
    assert "load('{')" in text
    assert "return json.loads(text)" in text
    assert "decoder.py" not in text
    assert "guest" not in text


def test_a_chained_error_shows_its_cause_first(bare: Sandbox) -> None:
    text = "".join(
        run(bare, "try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e")
        .outputs[-1]
        .content["traceback"]
    )
    assert text.index("ZeroDivisionError") < text.index("KeyError")


@pytest.mark.parametrize(
    ("code", "name", "line"),
    [
        ("x = 1\ndef f(:\n  pass", "SyntaxError", 2),
        ("import no_such_thing", "ModuleNotFoundError", 1),
        ("def f():\n  return f()\nf()", "RecursionError", 2),
    ],
)
def test_each_kind_of_error_names_its_line(bare: Sandbox, code: str, name: str, line: int) -> None:
    error = run(bare, code).outputs[-1].content
    assert (error["ename"], error["line"]) == (name, line)


def test_the_keyboard_is_refused_with_a_remedy(bare: Sandbox) -> None:
    error = run(bare, "name = input('your name')").outputs[-1].content
    assert "assign the value in the code" in error["evalue"]


def test_display_settings_of_notebooks_are_passed_over_and_the_shell_is_not(bare: Sandbox) -> None:
    assert _shown(run(bare, "%matplotlib inline\n1 + 1").outputs) == ["2"]
    told = run(bare, "x = 1\n!pip install x").outputs[-1].content
    assert (told["ename"], told["line"]) == ("SyntaxError", 2)
    assert "runs Python only" in told["evalue"]


def test_functions_of_a_cell_can_be_sent_to_worker_processes(bare: Sandbox) -> None:
    code = "\n".join(
        [
            "from multiprocessing import Pool",
            "def square(x): return x * x",
            "if __name__ == '__main__':",
            "    with Pool(2) as p: print(p.map(square, range(4)))",
        ]
    )
    assert run(bare, code).stdout == "[0, 1, 4, 9]\n"


def test_ordinary_programs_still_work(bare: Sandbox) -> None:
    code = """
import asyncio, concurrent.futures, pathlib, sqlite3, subprocess, tempfile, threading
async def later(x):
    await asyncio.sleep(0.01)
    return x
print(asyncio.run(later(1)))
print(subprocess.run(["echo", "2"], capture_output=True, text=True).stdout.strip())
async def child():
    p = await asyncio.create_subprocess_exec("echo", "3", stdout=asyncio.subprocess.PIPE)
    return (await p.communicate())[0].decode().strip()
print(asyncio.run(child()))
with concurrent.futures.ThreadPoolExecutor(2) as pool: print(list(pool.map(abs, [-4])))
with tempfile.NamedTemporaryFile("w+") as f: f.write("5"); f.seek(0); print(f.read())
pathlib.Path("a/b").mkdir(parents=True); pathlib.Path("a/b/c").write_text("6"); print(pathlib.Path("a/b/c").read_text())
db = sqlite3.connect("x.db")
db.execute("create table t(v)")
db.execute("insert into t values (7)")
print(db.execute("select v from t").fetchone()[0])
"""
    result = run(bare, code)
    assert (result.verdict, result.stdout) == (Verdict.COMPLETED, "1\n2\n3\n[4]\n5\n6\n7\n"), result


def test_threads_and_exit_functions_finish_as_in_any_program(bare: Sandbox) -> None:
    code = "\n".join(
        [
            "import atexit, threading, time",
            "atexit.register(print, 'last')",
            "threading.Thread(target=lambda: (time.sleep(0.1), print('thread'))).start()",
            "print('first')",
        ]
    )
    assert run(bare, code).stdout == "first\nthread\nlast\n"


def test_a_fork_of_the_cell_does_not_speak_for_it(bare: Sandbox) -> None:
    result = run(bare, "import os\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nprint('once each')")
    assert (result.verdict, result.stdout.count("once each")) == (Verdict.COMPLETED, 2)


def test_written_files_are_collected_and_links_are_not(bare: Sandbox) -> None:
    code = "\n".join(
        [
            "import os",
            "open('a.csv','w').write('1,2')",
            "os.mkdir('d')",
            "open('d/b.bin','wb').write(b'\\x00')",
            "os.symlink('/etc/passwd','link')",
            "os.mkfifo('queue')",
            "open('.hidden','w')",
        ]
    )
    result = bare.run(CellRequest(code, limits=SHORT, keep_files=True))
    assert {f.path: f.content for f in result.files} == {"a.csv": b"1,2", "d/b.bin": b"\x00"}
    assert {"'link' was left out: it is not a regular file", "'queue' was left out: it is not a regular file"} <= set(
        result.notes
    )


def test_files_given_along_lie_in_the_working_folder_and_are_not_handed_back(bare: Sandbox) -> None:
    request = CellRequest("print(open('in.txt').read())", limits=SHORT, files={"in.txt": b"hello"}, keep_files=True)
    result = bare.run(request)
    assert (result.stdout, result.files) == ("hello\n", ())


def test_cells_share_nothing_that_they_write(bare: Sandbox) -> None:
    run(bare, "for f in ('/tmp/x', '/dev/shm/x', 'x'): open(f, 'w').write('left')")
    assert run(bare, "import os\nprint([os.listdir(f) for f in ('/tmp', '/dev/shm', '.')])").stdout == "[[], [], []]\n"


def test_long_output_is_cut_and_said_so(bare: Sandbox) -> None:
    result = bare.run(CellRequest("print('x' * 50_000)", limits=Limits(kept_bytes=1000)))
    assert (result.verdict, len(result.stdout), len(result.notes)) == (Verdict.COMPLETED, 1000, 1)


def test_outputs_are_heard_while_the_cell_runs(bare: Sandbox) -> None:
    heard: list[Output] = []
    cancel = threading.Event()

    def listen(output: Output) -> None:
        heard.append(output)
        cancel.set()

    code = "import time\nprint('started')\ntime.sleep(60)"
    result = bare.run(CellRequest(code, limits=SHORT), on_output=listen, cancel=cancel)
    assert (result.verdict, heard[0].content["text"].strip()) == (Verdict.CANCELLED, "started")


def test_html_is_shown_only_where_it_was_asked_for(bare: Sandbox) -> None:
    code = "class Page:\n    def _repr_html_(self): return '<b>x</b>'\nPage()"
    assert _shown(run(bare, code).outputs, "text/html") == []
    asked = bare.run(CellRequest(code, limits=SHORT, active_content=True))
    assert _shown(asked.outputs, "text/html") == ["<b>x</b>"]


def test_two_cells_at_once_do_not_see_each_other(bare: Sandbox) -> None:
    code = "\n".join(
        [
            "import os, time",
            "open('/tmp/mine', 'x').write('a')",
            "time.sleep(0.3)",
            "print(len([n for n in os.listdir('/proc') if n.isdigit()]))",
        ]
    )
    results = {}

    def one(name: str) -> None:
        results[name] = run(bare, code)

    threads = [threading.Thread(target=one, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [results[n].stdout for n in "ab"] == ["2\n", "2\n"]


def test_every_figure_is_shown_whether_or_not_the_cell_shows_it(warm: Sandbox) -> None:
    code = "\n".join(
        [
            "import matplotlib.pyplot as plt",
            "for i in range(3):",
            "    plt.figure()",
            "    plt.plot([1, 2, i])",
            "plt.show()",
            "plt.plot([3])",
            "print('end')",
        ]
    )
    result = run(warm, code, ROOMY)
    images = [base64.b64decode(image) for image in _shown(result.outputs, "image/png")]
    assert (result.verdict, len(images)) == (Verdict.COMPLETED, 4), result
    assert all(image.startswith(b"\x89PNG") for image in images)


def test_images_past_the_allowance_are_left_out_and_said_so(warm: Sandbox) -> None:
    code = "import matplotlib.pyplot as plt\nfor i in range(5):\n    plt.figure(figsize=(1, 1))"
    result = warm.run(CellRequest(code, limits=Limits(wall_s=60.0, images=2)))
    assert len(_shown(result.outputs, "image/png")) == 2
    assert "allowance" in result.stderr


def test_training_with_autograd_works(warm: Sandbox) -> None:
    code = """
import torch
torch.manual_seed(0)
x = torch.randn(64, 3); y = x @ torch.tensor([[1.0], [2.0], [3.0]])
model = torch.nn.Linear(3, 1); optimiser = torch.optim.Adam(model.parameters(), lr=0.1)
for _ in range(200):
    loss = torch.nn.functional.mse_loss(model(x), y); optimiser.zero_grad(); loss.backward(); optimiser.step()
print(loss.item() < 0.01)
"""
    result = run(warm, code, ROOMY)
    assert (result.verdict, result.stdout) == (Verdict.COMPLETED, "True\n"), result


def test_data_loader_workers_work(warm: Sandbox) -> None:
    code = "\n".join(
        [
            "import torch",
            "from torch.utils.data import DataLoader, TensorDataset",
            "d = TensorDataset(torch.arange(8.0))",
            "print(sum(b[0].sum().item() for b in DataLoader(d, batch_size=2, num_workers=2)))",
        ]
    )
    result = run(warm, code, ROOMY)
    assert (result.verdict, result.stdout) == (Verdict.COMPLETED, "28.0\n"), result


def test_numpy_and_much_memory_within_the_limit_work(warm: Sandbox) -> None:
    result = run(warm, "import numpy as np\na = np.ones((50, 1024, 1024))\nprint(int(a.sum()) >> 20)", ROOMY)
    assert (result.verdict, result.stdout) == (Verdict.COMPLETED, "50\n")
    assert 400 <= result.peak_mb < 1024


def test_a_library_that_asks_for_torchvision_itself_gets_it_beside_any_torch(bare: Sandbox) -> None:
    code = "import importlib.util as u\nhas = u.find_spec('torch') and u.find_spec('torchvision')\n"
    code += "if has:\n    import torchvision.transforms\n    print(torchvision.__name__ == 'torchvision')\n"
    code += "    print(u.find_spec('torchvision').name)"
    assert run(bare, code, ROOMY).stdout in ("True\ntorchvision\n", "")


def test_open_clip_can_be_used_beside_any_torchvision(warm: Sandbox) -> None:
    missing = warm.warm()
    if "open_clip" in missing and "No module" in missing["open_clip"]:
        pytest.skip("open_clip is not installed")
    result = run(warm, "import open_clip\nprint(hasattr(open_clip, 'ClipLoss'))", ROOMY)
    assert result.stdout == "True\n", (missing, result)


def test_a_cell_finds_the_bundled_lab_and_cannot_change_it(bare: Sandbox) -> None:
    code = "from lab import scenes\nprint(len(scenes.ALL_THINGS))\nopen(scenes.__file__, 'a')"
    result = run(bare, code, ROOMY)
    assert result.stdout == "120\n"
    assert result.verdict is Verdict.ERROR
    assert "Error: [Errno" in str(result.outputs)


def test_code_that_names_the_lab_gets_what_the_lab_needs() -> None:
    assert libraries_used("from lab import model") == ("numpy", "torch", "open_clip")
    assert libraries_used("label = 1") == ()
