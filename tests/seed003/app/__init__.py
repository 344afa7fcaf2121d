# As printed in seed 003.
import importlib

importlib.import_module("app.webhooks.products")
