"""Makes measures.json: scikit-learn's numbers for small random predictions. Written with scikit-learn 1.9.1."""

import json
import os

import numpy as np
from sklearn import metrics as m

random = np.random.default_rng(7)


def classifier(classes, samples, sharpness, missing=None, ties=False):
    logits = random.normal(size=(samples, classes)) * sharpness
    actual = random.integers(0, classes, samples)
    if missing is not None:
        actual[actual == missing] = (missing + 1) % classes
    logits[np.arange(samples), actual] += 1.0
    p = np.exp(logits)
    p /= p.sum(1, keepdims=True)
    if ties:
        p = np.round(p * 4) / 4
        p[:, 0] += 1 - p.sum(1)
        p = np.abs(p) / np.abs(p).sum(1, keepdims=True)
    p = p.astype(np.float32)
    predicted = p.argmax(1)
    labels = list(range(classes))
    out = {
        "accuracy": m.accuracy_score(actual, predicted),
        "balanced_accuracy": m.balanced_accuracy_score(actual, predicted),
        "confusion": m.confusion_matrix(actual, predicted, labels=labels).tolist(),
        "log_loss": m.log_loss(actual, p, labels=labels),
        "brier": m.brier_score_loss(actual, p[:, 1] if classes == 2 else p, **({} if classes == 2 else {"labels": labels})),
        "per_class": [
            list(v)
            for v in zip(*m.precision_recall_fscore_support(actual, predicted, labels=labels, zero_division=0)[:3])
        ],
    }
    for average in ("micro", "macro", "weighted"):
        out[average] = [float(v) for v in m.precision_recall_fscore_support(actual, predicted, average=average, zero_division=0)[:3]]
    if not ties and classes > 2:
        out["top_2"] = m.top_k_accuracy_score(actual, p, k=2, labels=labels)
    if missing is None:
        if classes == 2:
            out["roc_auc"] = m.roc_auc_score(actual, p[:, 1])
            out["average_precision"] = m.average_precision_score(actual, p[:, 1])
        else:
            hot = np.eye(classes)[actual]
            out["roc_auc"] = m.roc_auc_score(hot, p, average="macro")
            out["average_precision"] = m.average_precision_score(hot, p, average="macro")
    confidence = p.max(1).astype(np.float64)
    right = (predicted == actual).astype(np.float64)
    bins = np.minimum((confidence * 10).astype(int), 9)
    out["ece_10"] = sum(
        abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any()
    )
    return {"classes": classes, "actual": actual.tolist(), "probabilities": [float(v) for v in p.ravel()], "expected": out}


def regression(samples, scale, constant=False):
    actual = np.full(samples, 3.0) if constant else random.normal(size=samples) * scale + 1
    predicted = actual + random.normal(size=samples) * 0.3 * scale
    return {
        "actual": actual.tolist(),
        "predicted": predicted.tolist(),
        "expected": {
            "mse": m.mean_squared_error(actual, predicted),
            "rmse": m.root_mean_squared_error(actual, predicted),
            "mae": m.mean_absolute_error(actual, predicted),
            "mape": m.mean_absolute_percentage_error(actual, predicted),
            "r2": m.r2_score(actual, predicted),
        },
    }


cases = {
    "classifiers": [
        classifier(2, 60, 1.0),
        classifier(2, 60, 1.0, ties=True),
        classifier(3, 80, 2.0),
        classifier(5, 60, 1.0, missing=3),
        classifier(10, 60, 3.0),
        classifier(4, 50, 1.0, ties=True),
    ],
    "regressions": [regression(1 + 40, 1.0), regression(20, 100.0), regression(10, 0.5, constant=True)],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "measures.json"), "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
