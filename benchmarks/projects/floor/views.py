"""The least that takes in an event: check the signature, keep the event, write the object."""

import json

import stripe
from django.db import connection, transaction
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.contenders import SECRET

INSERT = """
    INSERT INTO floor_event (id, kind, created, body) VALUES (%s, %s, %s, %s)
    ON CONFLICT DO NOTHING
"""
UPSERT = """
    INSERT INTO floor_object (id, kind, as_of, data) VALUES (%s, %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET as_of = excluded.as_of, data = excluded.data
    WHERE floor_object.as_of < excluded.as_of
"""


class WebhookView(APIView):
    authentication_classes = ()
    permission_classes = ()

    def post(self, request):
        body = request.body.decode()
        header = request.headers.get("Stripe-Signature", "")
        try:
            stripe.WebhookSignature.verify_header(body, header, SECRET, 300)
        except stripe.SignatureVerificationError:
            return Response({"received": False}, status=400)
        event = json.loads(body)
        thing = event["data"]["object"]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(INSERT, [event["id"], event["type"], event["created"], body])
            values = [thing["id"], thing["object"], event["created"], json.dumps(thing)]
            cursor.execute(UPSERT, values)
        return Response({"received": True})
