import os
import subprocess
import sys
from pathlib import Path

import pytest

from ontogeny.kernels import build, native

SHOW = "from ontogeny.kernels import native; print(native.instruction_set(), '|', native.why_plain())"


def said(**environment):
    done = subprocess.run(
        [sys.executable, "-c", SHOW], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.skipif(bool(native.why_plain()), reason="no compiled kernels here")
def test_the_set_is_one_that_the_processor_has():
    name = native.instruction_set()
    assert name in {"AVX-512", "AVX2", "SSE2", "NEON", "plain"}
    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    if name.startswith("AVX") and flags:
        assert name.lower().replace("-", "") in flags.lower()


def test_they_can_be_switched_off():
    assert said(ONTOGENY_NATIVE="0") == "XLA | ONTOGENY_NATIVE=0 switches the compiled kernels off"


def test_a_missing_or_broken_library_is_a_reason_not_a_crash(tmp_path, monkeypatch):
    monkeypatch.delenv("ONTOGENY_NATIVE", raising=False)
    monkeypatch.setattr(native, "LIBRARY", tmp_path / "none.so")
    assert "no C++ compiler when ontogeny was installed" in native.why_plain.__wrapped__()
    (tmp_path / "none.so").write_bytes(b"no library")
    assert "do not load" in native.why_plain.__wrapped__()


def test_no_compiler_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    assert "no C++ compiler" in build.build(tmp_path / "lib.so")
    assert not (tmp_path / "lib.so").exists()


def test_a_failing_compiler_is_said_and_leaves_the_old_library(tmp_path, monkeypatch):
    compiler = tmp_path / "c++"
    compiler.write_text("#!/bin/sh\necho 'x.cpp:1: error: out of luck' >&2\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CXX", str(compiler))
    (tmp_path / "lib.so").write_text("old")
    assert build.build(tmp_path / "lib.so") == "c++ failed: x.cpp:1: error: out of luck"
    assert (tmp_path / "lib.so").read_text() == "old"
