"""The least that fills a table from a list: each page is one upsert of many rows."""

import json
import os
import resource
import time

import django
import requests
from django.db import connection

django.setup()
UPSERT = """
    INSERT INTO floor_object (id, kind, as_of, data)
    SELECT each ->> 'id', each ->> 'object', (each ->> 'created')::bigint, each::jsonb
    FROM json_array_elements(%s) AS each
    ON CONFLICT (id) DO UPDATE SET as_of = EXCLUDED.as_of, data = EXCLUDED.data
"""
connection.ensure_connection()
began, session, after = time.perf_counter(), requests.Session(), {}
url = os.environ["BENCH_API"] + "/v1/customers"
while True:
    page = json.loads(session.get(url, params={"limit": 100, **after}).content)
    if os.environ.get("BENCH_READ_ONLY") != "1":
        with connection.cursor() as cursor:
            cursor.execute(UPSERT, [json.dumps(page["data"])])
    if not page["has_more"]:
        break
    after = {"starting_after": page["data"][-1]["id"]}
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": seconds, "peak": peak}))
