# %% [markdown]
# # How much does a program gain from faster memory?
#
# A sweep of the time dilation factor (TDF): memory seems 1 to 32 times as fast while the core stays as it is. The program waits
# for memory for a time that shrinks as 1 / TDF, and computes for a time that does not: T(TDF) = a + b / TDF. This launches the
# sweep, reads its points, fits a and b, and plots them.
#
# The module `dilaton` is in `clients/python` of the repository, and comes with Dilaton's .deb: see docs/howto/python.md.

# %%
import sys
from pathlib import Path

import dilaton

folder = Path(sys.argv[1] if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else "tdsweep-notebook")

# %% [markdown]
# The machine: one core of 2 GHz without L2 and L3, and memory that is `physical`: it keeps its own pace, so a guest that lives TDF
# times slower finds it TDF times faster. The program sorts a file that every Debian has.

# %%
job = {
    "apiVersion": "dilaton/v1",
    "name": "dilation",
    "nodes": [
        {
            "name": "node0",
            "cores": {"count": 1, "frequency": "2GHz"},
            "memory": {
                "size": "256MiB",
                "caches": {"l2": "none", "l3": "none"},
                "dram": {"latency": "80ns", "bandwidth": "25.6GB/s", "rates": "physical"},
            },
            "guest": {"program": {"path": "/usr/bin/sort", "args": ["/usr/bin/ldd"], "env": {"LANG": "C"}}},
        }
    ],
}

# %% [markdown]
# Points that a folder has already are not run again: `resume` makes this cell cheap the second time.

# %%
sweep = dilaton.sweep(
    job,
    {"time.tdf": [1, 2, 4, 8, 16, 32]},
    folder=folder,
    resume=(folder / "sweep.json").exists(),
    progress=print,
)
points = sweep.points
for point in points:
    print(f"TDF {point['time.tdf']:3}   {point['virtualTime'] * 1e6:8.2f} us   waits {point['stallShare']:6.1%}")

# %% [markdown]
# Least squares for T = a + b x with x = 1 / TDF.

# %%
x = [1 / point["time.tdf"] for point in points]
y = [point["virtualTime"] for point in points]
mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
b = sum((p - mean_x) * (q - mean_y) for p, q in zip(x, y)) / sum((p - mean_x) ** 2 for p in x)
a = mean_y - b * mean_x
worst = max(abs(a + b * p - q) / q for p, q in zip(x, y))
print(f"T = {a * 1e6:.2f} us + {b * 1e6:.2f} us / TDF, off by {worst:.2%} at most")
print(f"no memory, however fast, gains more than {(a + b) / a:.2f}-fold")

# %% [markdown]
# Beside the counters of the first point: of what the core stalled, b is what memory took; the rest, such as L1's own latency, no
# faster memory saves.

# %%
first = sweep.run(points[0])
stalled = first.stats["node0.vcpu0.cycles.stall"].value / 2e9
print(f"{first.node().instructions} instructions; stalled {stalled * 1e6:.2f} us, of which memory took {b / stalled:.1%}")

# %%
try:
    import matplotlib
except ImportError:
    print("no matplotlib: the table above is all (Debian: apt-get install python3-matplotlib)")
else:
    if "ipykernel" not in sys.modules:
        matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4))
    tdf = [point["time.tdf"] for point in points]
    axes.plot(tdf, [t * 1e6 for t in y], "o", label="measured")
    axes.plot(tdf, [(a + b / t) * 1e6 for t in tdf], "-", label="a + b / TDF")
    axes.axhline(a * 1e6, linestyle=":", label="a: memory for nothing")
    axes.set_xscale("log", base=2)
    axes.set_xlabel("TDF: memory seems so many times as fast")
    axes.set_ylabel("virtual time, us")
    axes.legend()
    figure.savefig(folder / "dilation.svg")
    print(f"plotted to {folder / 'dilation.svg'}")
