"""scikit-learn's side of `mldbg train`, a whole process: 20 epochs of a 64-32-10 network, Adam, batches of 32.
run: sklearn_train.py FOLDER      (it holds train.csv and test.csv)"""
import sys
import warnings

try:
    import numpy as np
    from sklearn.neural_network import MLPClassifier
except ImportError:
    sys.exit(0)  # nothing to compare with

warnings.filterwarnings("ignore")  # that 20 epochs are not the end


def read(name):
    table = np.loadtxt(f"{sys.argv[1]}/{name}", delimiter=",", skiprows=1)
    return table[:, :-1] / 16, table[:, -1].astype(int)


(x, y), (test_x, test_y) = read("train.csv"), read("test.csv")
model = MLPClassifier((32,), batch_size=32, learning_rate_init=1e-3, alpha=0, random_state=0, max_iter=20, tol=0,
                      n_iter_no_change=100)
model.fit(x, y)
print(f"test {len(test_x)} rows, accuracy {100 * model.score(test_x, test_y):.2f} %")
