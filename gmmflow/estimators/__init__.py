"""Estimators with the interface of scikit-learn, which they do not need."""
