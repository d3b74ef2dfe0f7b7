"""Reads Prometheus' text format from standard input with the official parser, and prints its families
as JSON: {name: {"type": ..., "help": ..., "samples": [[name, {label: value}, value], ...]}}."""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

families = {}
for family in text_string_to_metric_families(sys.stdin.read()):
    if family.name in families:
        sys.exit(f"the family {family.name} comes twice")
    families[family.name] = {
        "type": family.type,
        "help": family.documentation,
        "samples": [[sample.name, sample.labels, sample.value] for sample in family.samples],
    }
json.dump(families, sys.stdout)
