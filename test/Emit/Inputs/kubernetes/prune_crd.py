"""prune_crd.py CRD.yaml > SCHEMA.json: the JSON Schema of the served version of a
CustomResourceDefinition, unknown fields refused as the API server does with
strict validation.

Descriptions go, and so does what is inside of fields that no manifest of a bundle
uses (OPAQUE): their names stay, their content is not judged.
"""

import json
import sys

import yaml

OPAQUE = {
    "affinity", "coordinator", "dependsOn", "dnsConfig", "ephemeralContainers", "initContainers",
    "leaderTemplate", "lifecycle", "livenessProbe", "managedFields", "overhead", "podFailurePolicy",
    "readinessProbe", "resourceClaims", "schedulingGates", "selector", "startupProbe", "status",
    "successPolicy", "tolerations", "topologySpreadConstraints", "volumeClaimPolicies",
    "volumeClaimTemplates",
}
VOLUMES_KEPT = {"name", "emptyDir", "persistentVolumeClaim", "configMap", "hostPath"}


def convert(schema):
    if "x-kubernetes-int-or-string" in schema:
        return {"type": ["integer", "string"]}
    result = {}
    for key in ("type", "enum", "required", "minimum", "maximum", "minLength", "maxLength", "pattern"):
        if key in schema:
            result[key] = schema[key]
    if "properties" in schema:
        result["properties"] = {
            name: {} if name in OPAQUE else convert(value)
            for name, value in schema["properties"].items()
        }
        volumes = result["properties"].get("volumes", {}).get("items", {}).get("properties", {})
        for name in volumes.keys() - VOLUMES_KEPT:
            volumes[name] = {}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            result["additionalProperties"] = False
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            result[key] = convert(schema[key])
    return result


with open(sys.argv[1], encoding="utf-8") as file:
    crd = next(document for document in yaml.safe_load_all(file) if document)
version = next(v for v in crd["spec"]["versions"] if v["served"])
schema = convert(version["schema"]["openAPIV3Schema"])
schema["properties"]["metadata"] = {"$ref": "#/$defs/metadata"}
schema["properties"]["apiVersion"] = {"const": crd["spec"]["group"] + "/" + version["name"]}
schema["properties"]["kind"] = {"const": crd["spec"]["names"]["kind"]}
schema["required"] = ["apiVersion", "kind", "metadata", "spec"]
schema["$defs"] = {
    "metadata": {
        "type": "object",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63},
            "namespace": {"type": "string"},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "annotations": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }
}
json.dump(schema, sys.stdout, separators=(",", ":"), sort_keys=True)
print()
