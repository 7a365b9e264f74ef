"""Runs programs, the output of each piped into the next, and prints what they took as one line of JSON.

Reads {"commands": [[program, argument, ...], ...], "environment": {...}} from its first argument. The kernel's own
figures are used (os.wait4), so that programs of every kind are measured alike: user and system time of each program and
of the children it waited for, and the largest resident set. Linux counts ru_maxrss in KiB, and a program's begins with
that of the process that started it: of this small one, and not of the bench itself.
"""
import json
import os
import subprocess
import sys
import time

asked = json.loads(sys.argv[1])
began = time.monotonic()
running = []
source = subprocess.DEVNULL
for position, command in enumerate(asked["commands"]):
    is_last = position == len(asked["commands"]) - 1
    process = subprocess.Popen(
        command,
        env=asked["environment"],
        stdin=source,
        stdout=subprocess.DEVNULL if is_last else subprocess.PIPE,
    )
    if source is not subprocess.DEVNULL:
        source.close()
    source = process.stdout
    running.append(process)

cpu = 0.0
peak = 0.0
codes = []
for process in running:
    _, status, usage = os.wait4(process.pid, 0)
    codes.append(os.waitstatus_to_exitcode(status))
    cpu += usage.ru_utime + usage.ru_stime
    # Programs of a pipe live at the same time: their sum is what they need.
    peak += usage.ru_maxrss / 1024
print(json.dumps({"wallSeconds": time.monotonic() - began, "cpuSeconds": cpu, "peakMiB": peak, "exitCodes": codes}))
