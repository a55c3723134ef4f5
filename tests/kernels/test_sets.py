"""The C++ kernels alone, without XLA, under AddressSanitizer."""

import subprocess
from pathlib import Path

import pytest

from ontogeny.kernels import build

COMPILER = build.find_compiler()
CHECKS = [Path(__file__).with_name(name) for name in ("sets_check.cpp", "layers_check.cpp")]


@pytest.mark.skipif(COMPILER is None, reason="no C++ compiler")
def test_every_set_is_right_and_stays_within_its_memory(tmp_path):
    flags = ["-std=c++17", "-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    probe = tmp_path / "empty.cpp"
    probe.write_text("int main() {}\n")
    linked = subprocess.run(
        [COMPILER, *flags, str(probe), "-o", str(tmp_path / "empty")], capture_output=True, check=False
    )
    if linked.returncode:
        pytest.skip("the compiler has no sanitizers")
    checks = [[COMPILER, *flags, "-I", str(build.HERE), "-c", str(check)] for check in CHECKS]
    commands = [*build.sources(COMPILER, flags), *checks]
    parts = [str(tmp_path / f"{number}.o") for number in range(len(commands))]
    for command, part in zip(commands, parts, strict=True):
        subprocess.run([*command, "-o", part], check=True)
    program = str(tmp_path / "check")
    subprocess.run([COMPILER, *flags, *parts, "-o", program], check=True)
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[:3000]
    assert "checked plain" in done.stdout
