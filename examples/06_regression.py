"""Regression with a mixture: what one eruption of Old Faithful says of the wait for the next."""

from importlib.resources import files

import numpy as np
from pyarrow.csv import read_csv

import gmmflow

table = read_csv(str(files("gmmflow") / "data" / "old_faithful.csv"))
model = gmmflow.fit(table, 2, restarts=5)

# One value: the whole law of the wait, a mixture again.
wait = model.conditional({"eruptions": 3.0})
print(f"after 3 minutes: weights {wait.weights.round(3)}, means {wait.means[:, 0].round(1)}")
rows, _ = wait.sample(1000, seed=0)
print("half of the waits lie between", np.quantile(rows[:, 0], [0.25, 0.75]).round(1))

# Many values at once: a curve that bends from one group to the other.
minutes = np.linspace(1.5, 5.0, 8)
found = model.regress({"eruptions": minutes})
for minute, mean, spread in zip(
    minutes, found.mean[:, 0], found.standard_deviation[:, 0], strict=True
):
    print(f"{minute:.1f} minutes: a wait of {mean:.1f} +- {spread:.1f}")

# One column alone, and outlines to draw.
density = model.marginal("waiting").score_samples([[54.0], [67.0], [80.0]])
print("density of waits of 54, 67 and 80 minutes:", np.exp(density).round(4))
for ellipse in model.ellipses(0.95, columns=("eruptions", "waiting")):
    print(
        f"component {ellipse.component}: centre {ellipse.centre.round(2)}, {ellipse.axes.round(2)}"
    )
