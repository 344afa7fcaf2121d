import os

from benchmarks.contenders import SECRET
from benchmarks.projects.base import *  # noqa: F403
from benchmarks.projects.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "stripe_integrations"]
ROOT_URLCONF = "benchmarks.projects.ours.urls"
STRIPE_INTEGRATIONS = {
    "API_KEY": "sk_test_bench",
    "API_BASE": os.environ["BENCH_API"],
    "WEBHOOK_SECRET": SECRET,
    "SYNC_RATE": 100_000,
    "RECORD_TRIGGERS": os.environ["BENCH_RECORD_TRIGGERS"],
}
