"""Fill the mirror of customers; print the seconds and the peak memory in kB as JSON."""

import io
import json
import os
import resource
import time

import django
from django.core.management import call_command

django.setup()
began = time.perf_counter()
concurrency = int(os.environ["BENCH_CONCURRENCY"])
call_command("stripe_sync", "customers", concurrency=concurrency, stdout=io.StringIO())
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": seconds, "peak": peak}))
