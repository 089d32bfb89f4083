"""The `fit.m_step` slot: which parameters are maximised, and how."""
