from benchmarks.projects.base import *  # noqa: F403

ROOT_URLCONF = "benchmarks.projects.floor.urls"
