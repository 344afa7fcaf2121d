"""Sync customers as dj-stripe does; print the seconds and the peak memory in kB as JSON."""

import io
import json
import resource
import time

import django
from django.core.management import call_command

django.setup()
began = time.perf_counter()
call_command("djstripe_sync_models", "Customer", stdout=io.StringIO())
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": seconds, "peak": peak}))
