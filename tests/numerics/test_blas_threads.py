import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import scipy.linalg  # noqa: F401 (brings its own BLAS)
from threadpoolctl import threadpool_info, threadpool_limits

from gmmflow.numerics.blas_threads import one_blas_thread


def limits() -> set[int]:
    return {lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def _two_threads():
    with threadpool_limits(2, user_api="blas"):
        yield


def test_the_limit_is_set_and_restored():
    assert limits() == {2}
    with one_blas_thread():
        assert limits() == {1}
    assert limits() == {2}


def test_it_is_restored_after_an_error():
    with pytest.raises(KeyError), one_blas_thread():
        raise KeyError
    assert limits() == {2}


def test_an_inner_use_restores_nothing():
    with one_blas_thread():
        with one_blas_thread():
            pass
        assert limits() == {1}
    assert limits() == {2}


def test_overlapping_uses_keep_the_limit_until_the_last_leaves():
    first, second = one_blas_thread(), one_blas_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert limits() == {1}
    second.__exit__(None, None, None)
    assert limits() == {2}


def test_threads_may_enter_and_leave_at_once():
    def work(_: int) -> set[int]:
        with one_blas_thread():
            return limits()

    with ThreadPoolExecutor(8) as pool:
        assert set.union(*pool.map(work, range(100))) == {1}
    assert limits() == {2}


def test_a_scipy_imported_later_is_limited_by_the_next_use_and_given_back():
    code = """
import os
os.environ["OPENBLAS_NUM_THREADS"] = "2"
import sys
from gmmflow.numerics.blas_threads import one_blas_thread
from threadpoolctl import threadpool_info

def limits():
    return sorted(lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas")

with one_blas_thread():
    print(limits(), "scipy" in sys.modules)
    import scipy.linalg
    with one_blas_thread():
        print(limits())
    print(limits())
print(limits())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[1] False", "[1, 1]", "[1, 1]", "[2, 2]"]
