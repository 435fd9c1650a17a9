"""Times the seventeen benchmarks side by side in one run.

    Benchmarks/compare suite [--full] [--cpu] [--rounds N] [ID ...]

Engines: tier 0, the baseline tier where it does not decline, node, luajit without its compiler,
python3.11 and C (clang -O2). Whole processes, wall time, the engines in turn in every round; from
each median the time of an empty program on the same engine is subtracted. Every engine runs the
same size: that of the benchmark's `; Full size:` line unless it takes CPython minutes or next to
nothing; with --full always the full size, without python3.11. Short programs run more often, and a
result that differs from the others' ends the run. With --cpu processor time of all threads is
compared instead: on a machine with other work it says more, but counts node's compiler threads.
TIERPROOF names the executable, by default that of the release build.
"""
import argparse
import math
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEEDS = ROOT / "corpus/seeds/benchmarks"
PEERS = ROOT / "Benchmarks/programs"

# Sizes other than the full one: where that takes CPython minutes or so little that the noise of
# starting a process hides it, one that takes it a second or some.
SIZES = {
    "01_fib": 32, "04_mandelbrot": 1000, "05_spectral": 500, "06_ackermann": 8,
    "07_sum_loop": 100_000_000, "08_collatz": 200_000, "09_matrix_mul": 240,
    "10_primes_count": 1_000_000, "13_hashmap_build_query": 300_000,
    "14_string_concat": 2_000_000, "15_gc_pressure_tree": 16, "16_array_of_objects": 300_000,
}
# LuaJIT copies the whole string at every step: minutes.
TOO_SLOW = {("14_string_concat", "luajit")}
EMPTY = {
    "sasm": "main() {\n    PushNull\n    Halt\n}\n", "js": "", "lua": "", "py": "",
    "c": "int main(void) { return 0; }\n",
}


def full_size(seed):
    match = re.search(r"^; Full size: main\((\d+)\)", seed.read_text(), re.MULTILINE)
    return int(match[1])


def compile_c(source, target):
    subprocess.run(["clang", "-O2", str(source), "-o", str(target), "-lm"], check=True)


class Engine:
    """A name and how it runs a program."""

    def __init__(self, name, extension, command, clock):
        self.name, self.extension, self.command, self.clock = name, extension, command, clock

    def run(self, program, size):
        """Seconds, and what the program printed; None if the engine declines it."""
        sizes = [] if size is None else [str(size)]
        begin = self.clock()
        done = subprocess.run(self.command(program, sizes), capture_output=True, text=True)
        seconds = self.clock() - begin
        if done.returncode == 65:
            return None
        if done.returncode != 0:
            sys.exit(f"{self.name} {program}: status {done.returncode}: {done.stderr}")
        return seconds, done.stdout.strip()


def children_time():
    """Processor seconds of all processes waited for so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def tier(executable, name):
    def command(program, sizes):
        arguments = [argument for size in sizes for argument in ("--arg", size)]
        return [executable, "run", program, "--tier", name] + arguments
    return command


def engines(executable, with_python, clock):
    found = [
        Engine(name, extension, command, clock) for name, extension, command in (
            ("tier0", "sasm", tier(executable, "interpreter")),
            ("baseline", "sasm", tier(executable, "baseline")),
            ("node", "js", lambda program, sizes: ["node", program] + sizes),
            ("luajit", "lua", lambda program, sizes: ["luajit", "-joff", program] + sizes),
            ("python", "py", lambda program, sizes: ["python3.11", program] + sizes),
            ("c", "c", lambda program, sizes: [program] + sizes),
        )
    ]
    if not with_python:
        found = [engine for engine in found if engine.name != "python"]
    for tool in ("node", "luajit", "clang") + (("python3.11",) if with_python else ()):
        if not shutil.which(tool):
            sys.exit(f"{tool} is not installed")
    return found


def number(printed):
    """The number a program printed last, whatever the language's spelling."""
    return float(printed.split("\n")[-1].removeprefix("=> ").replace("Infinity", "inf"))


def is_declined(executable, program, size):
    """Whether the baseline tier leaves the program to tier 0."""
    done = subprocess.run(
        [executable, "run", program, "--tier", "baseline", "--stats", "--arg", str(size)],
        capture_output=True, text=True)
    return done.returncode == 65 or "tier.baseline=entered" not in done.stderr


def instructions(executable, program, size):
    done = subprocess.run(
        [executable, "run", program, "--tier", "interpreter", "--stats", "--arg", str(size)],
        capture_output=True, text=True, check=True)
    return int(re.search(r"^instructions=(\d+)", done.stderr, re.MULTILINE)[1])


def medians(runners, rounds):
    """The median seconds and the result of each runner; the runners take turns, up to five times
    as often as asked for while all of it takes less than five seconds."""
    times, results = {name: [] for name in runners}, {}
    begin, done = time.perf_counter(), 0
    while done < rounds or (done < 5 * rounds and time.perf_counter() - begin < 5):
        done += 1
        for name, run in runners.items():
            outcome = run()
            if outcome:
                times[name].append(outcome[0])
                results[name] = outcome[1]
    return {name: statistics.median(t) for name, t in times.items() if t}, results


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def measure(name, size, available, executable, folder, empty, rounds):
    """One line of the table: net seconds by engine, and tier 0's instructions."""
    seed = str(SEEDS / f"{name}.sasm")
    binary = folder / name
    compile_c(PEERS / f"{name}.c", binary)
    runners = {}
    for engine in available:
        program = {"sasm": seed, "c": str(binary)}.get(
            engine.extension, str(PEERS / f"{name}.{engine.extension}"))
        if engine.name == "baseline" and is_declined(executable, seed, size):
            continue
        if name in SIZES and size == SIZES[name] and (name, engine.name) in TOO_SLOW:
            continue
        runners[engine.name] = lambda engine=engine, program=program: engine.run(program, size)
    times, results = medians(runners, rounds)
    expected = number(results["node"])
    for engine, printed in results.items():
        if number(printed) != expected:
            sys.exit(f"{name}: {engine} printed {printed}, node {results['node']}")
    # A program shorter than the noise of starting a process counts as a microsecond.
    net = {engine: max(t - empty[engine], 1e-6) for engine, t in times.items()}
    return net, instructions(executable, seed, size)


def main():
    found = sorted(seed.stem for seed in SEEDS.glob("*.sasm"))
    parser = argparse.ArgumentParser(
        prog="Benchmarks/compare suite", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("ids", nargs="*", choices=[[], *found])
    options = parser.parse_args()
    executable = os.environ.get("TIERPROOF", str(ROOT / ".build/release/tierproof"))
    if not os.access(executable, os.X_OK):
        sys.exit(f"{executable} is not built (swift build -c release)")
    clock = children_time if options.cpu else time.perf_counter
    available = engines(executable, not options.full, clock)
    names = [engine.name for engine in available]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for extension, text in EMPTY.items():
            (folder / f"empty.{extension}").write_text(text)
        compile_c(folder / "empty.c", folder / "empty")
        empty, _ = medians({
            engine.name: lambda engine=engine: engine.run(
                str(folder / ("empty" if engine.extension == "c" else f"empty.{engine.extension}")),
                None)
            for engine in available
        }, max(5, options.rounds))
        print(f"{'seconds without start-up':26}{'size':>11}"
              + "".join(f"{name:>10}" for name in names) + f"{'ns/op':>8}")
        print(f"{'(start-up)':37}" + "".join(f"{empty[name]:10.3f}" for name in names))
        ratios = {name: [] for name in names if name != "tier0"}
        for name in options.ids or found:
            size = full_size(SEEDS / f"{name}.sasm")
            if not options.full:
                size = SIZES.get(name, size)
            net, count = measure(
                name, size, available, executable, folder, empty, options.rounds)
            columns = "".join(
                f"{net[engine]:10.3f}" if engine in net else f"{'-':>10}"
                for engine in names)
            print(f"{name:26}{size:>11}{columns}{net['tier0'] / count * 1e9:8.2f}", flush=True)
            for engine, pairs in ratios.items():
                if engine in net:
                    pairs.append((name, net[engine] / net["tier0"]))
    print("\ntimes as long as tier 0: geometric mean (least … greatest)")
    for engine, pairs in ratios.items():
        if pairs:
            least, greatest = min(pairs, key=lambda r: r[1]), max(pairs, key=lambda r: r[1])
            print(f"{engine:10}{geometric_mean([r for _, r in pairs]):8.3f} over {len(pairs)}"
                  f" ({least[1]:.3f} {least[0]} … {greatest[1]:.3f} {greatest[0]})")


if __name__ == "__main__":
    main()
