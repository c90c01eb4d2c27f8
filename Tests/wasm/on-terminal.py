"""Runs a command on a terminal of its own, and prints what it writes, a line for each piece as it comes."""
import os
import pty
import sys

process, terminal = pty.fork()
if process == 0:
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    print(piece.decode().replace("\r\n", "/"))
