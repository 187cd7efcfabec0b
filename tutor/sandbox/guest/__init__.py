"""What runs inside the box: the zygote, the first process of each cell's namespaces, and the student's process.

These files are mounted read-only into the box and started there by a Python that has nothing else of ours on its
path. They use the standard library and raw system calls. Nothing here is trusted to report a verdict: the host
(`tutor.sandbox.supervisor` and its neighbours) judges by what the kernel says.
"""
