"""Files by odd names, a child, memory, failures: what Python programs do."""

import mmap
import os
import subprocess
import tempfile

with tempfile.TemporaryDirectory(dir="/tmp") as folder:
    for name in (b"plain", "grüße".encode(), b"\xff\xfe not utf-8", b"new\nline", b"q\"uote\\", b"x" * 255):
        path = os.path.join(os.fsencode(folder), name)
        with open(path, "wb") as file:
            file.write(b"data" * 100)
        os.rename(path, path[:-1] + b"Y")
    deep = os.fsencode(folder)
    for _ in range(12):
        deep = os.path.join(deep, b"d" * 200)
        os.mkdir(deep)
    os.chdir(deep)
    assert os.getcwdb() == deep
    os.chdir("/")
    os.symlink("to nowhere", os.path.join(folder, "link"))
    os.readlink(os.path.join(folder, "link"))
    for bad in ("/no/such/file", folder, ""):
        try:
            os.unlink(bad)
        except OSError:
            pass
    subprocess.run(["/bin/echo", "from a child"], check=True, stdout=subprocess.DEVNULL)
    with mmap.mmap(-1, 1 << 20) as memory:
        memory[0] = 1
