"""The others: how schedules are made elsewhere, each method a module; `python -m benchmarks.peers METHOD INSTANCE --out FILE`."""
