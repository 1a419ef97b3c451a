"""A false `ortools` for the path of the solver's process: the true one with something nasty in it."""

from pathlib import Path
from textwrap import dedent

START = '''
import atexit, importlib.machinery, json, os, signal, sys, threading, time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_elsewhere = [path for path in sys.path if os.path.abspath(path or ".") != HERE]
__path__ = list(importlib.machinery.PathFinder.find_spec("ortools", _elsewhere).submodule_search_locations)
__version__ = "0"
OUT = sys.argv[sys.argv.index("--out") + 1]


def spoil(change):
    """Change the answer as the process ends, after everything that could have checked it."""
    def write():
        with open(OUT) as file:
            answer = json.load(file)
        with open(OUT, "w") as file:
            file.write(change(answer))
    atexit.register(write)


def spoil_claims(**changes):
    spoil(lambda answer: json.dumps(answer | {name: change(answer) for name, change in changes.items()}))


def once_it_has_answered(act):
    """Do something in the middle of the work, when a first answer is in its file."""
    def wait():
        while not os.path.exists(OUT):
            time.sleep(0.005)
        act()
    threading.Thread(target=wait, daemon=True).start()


def signal_itself(number):
    os.kill(os.getpid(), number)
'''

FAULTS = {
    "leaves at once": "os._exit(7)",
    "crashes as it is loaded": "signal_itself(signal.SIGSEGV)",
    "cannot be loaded": "raise ImportError('libortools is missing')",
    "hangs as it is loaded": "time.sleep(600)",
    "crashes in the middle": "once_it_has_answered(lambda: signal_itself(signal.SIGSEGV))",
    "is killed in the middle": "once_it_has_answered(lambda: signal_itself(signal.SIGKILL))",
    "hangs in the middle": "once_it_has_answered(lambda: signal_itself(signal.SIGSTOP))",
    "takes all memory": "once_it_has_answered(lambda: globals().update(hoard=b'x' * 2**30))",
    "breaks a rule": "spoil_claims(meetings=lambda a: [m | {'slot': 0} for m in a['meetings']])",
    "books what nobody knows": "spoil_claims(meetings=lambda a: [*a['meetings'], {'candidate': 'nobody', 'slot': 0}])",
    "says a wrong value": "spoil_claims(objective=lambda a: 9000 + (a.get('objective') or 0), bound=lambda a: 10**6)",
    "says a bound below its value": "spoil_claims(bound=lambda a: (a.get('objective') or 0) - 1)",
    "says a bound that is no number": "spoil_claims(bound=lambda a: float('inf'))",
    "says a bound that nothing can hold": "spoil_claims(bound=lambda a: 10**300)",
    "says that nothing is possible": "spoil_claims(status=lambda a: 'infeasible', meetings=lambda a: [], causes=lambda a: ['x'])",
    "leaves out everything": "spoil_claims(meetings=lambda a: [], objective=lambda a: 0, bound=lambda a: 0)",
    "writes half a file": "spoil(lambda answer: json.dumps(answer)[:40])",
    "writes another kind of file": "spoil(lambda answer: '[' * 100_000)",
}
"""What it does, and the program that does it."""


def put_false_ortools(folder: Path, fault: str) -> str:
    """Write the package into the folder; answers the folder for PYTHONPATH."""
    package = folder / "false" / "ortools"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(dedent(START) + "\n\n" + FAULTS[fault] + "\n", encoding="utf-8")
    return str(package.parent)
