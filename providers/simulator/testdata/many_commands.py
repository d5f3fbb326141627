"""The installed AWS CLI as one process for many commands, because it starts slowly.

Reads a line {"arguments", "environment"} and answers with a line {"exit", "out",
"err"}: what `aws` with these arguments would have exited with and written. The module
is the one behind the command, nothing of it is replaced.
"""

import contextlib
import functools
import io
import json
import os
import sys

from awscli.clidriver import create_clidriver


@functools.cache
def driver(credentials):
    """One for each pair of keys, which a session looks up once."""
    return create_clidriver()


def run(arguments, environment):
    os.environ.update(environment)
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = driver(tuple(environment.values())).main(arguments)
        except SystemExit as left:
            status = left.code
    texts = []
    for stream in out, err:
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8"))
    return {"exit": status, "out": texts[0], "err": texts[1]}


for line in sys.stdin:
    print(json.dumps(run(**json.loads(line))), flush=True)
