import signal
import subprocess
import sys

import pytest


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_may_be_stopped_at_once_and_leaves_no_mess(tmp_path, number):
    command = [sys.executable, "-m", "accord", "demo", "--port", "0", "--data", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        while "matrices" not in demo.stdout.readline():
            assert demo.poll() is None
        demo.send_signal(number)
        _, complaints = demo.communicate(timeout=30)

    assert (demo.returncode, complaints) == (0, "")
