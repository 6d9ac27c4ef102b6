"""validate_manifest.py SCHEMA MANIFEST [KEY=VALUE...]: whether the object of the
manifest that has the schema's kind, with the values at the dotted paths KEY changed,
is valid by the schema."""

import json
import sys

import jsonschema
import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    validator = jsonschema.Draft202012Validator(json.load(file))
with open(sys.argv[2], encoding="utf-8") as file:
    kind = validator.schema["properties"]["kind"]["const"]
    manifest = next(object for object in yaml.safe_load_all(file) if object["kind"] == kind)
for change in sys.argv[3:]:
    path, value = change.split("=", 1)
    *parents, last = path.split(".")
    place = manifest
    for key in parents:
        place = place[int(key) if key.isdigit() else key]
    place[last] = yaml.safe_load(value)
errors = list(validator.iter_errors(manifest))
for error in errors:
    print("%s: %s" % (".".join(map(str, error.absolute_path)), error.message))
print("%s %s: %s" % (manifest["kind"], manifest["metadata"]["name"], "INVALID" if errors else "valid"))
sys.exit(bool(errors))
