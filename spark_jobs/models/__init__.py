"""Equations and algorithms as pure functions over columns: no Spark, no I/O.

A model is one package with a ``model.py`` that declares ``MODELS`` (see ``frame.Model``); ``registry`` finds it.
"""
