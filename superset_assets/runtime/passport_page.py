"""The passport of a figure as a page."""

from flask import Blueprint

passport = Blueprint("passport", __name__)
