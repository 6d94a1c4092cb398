"""Writes the four files of predictions beside it: scikit-learn's logistic regression on datasets/digits.

Not run by the tests, which read what it wrote: python3 tests/golden/files/sklearn/predict.py (scikit-learn, pandas)
"""
import pathlib

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

here = pathlib.Path(__file__).parent
digits = here.parents[3] / "datasets" / "digits"
splits = {name: pd.read_csv(digits / f"digits-{name}.csv") for name in ("train", "val", "testval", "test")}

model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
model.fit(splits["train"].drop(columns="digit"), splits["train"]["digit"])

for name, rows in splits.items():
    predictions = pd.DataFrame({"label": rows["digit"], "prediction": model.predict(rows.drop(columns="digit"))})
    predictions.to_csv(here / f"{name}.csv", index=False)
