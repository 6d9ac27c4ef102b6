"""check_trace.py TRACE MICRO_BATCHES [DRAWN]: re-reads a timeline. Events of one
thread do not overlap, every drawn micro-batch passes forward and backward
through every chunk of every stage once and after its input, and the optimizer
comes last."""

import json
import sys
from collections import defaultdict

# Times are microseconds with nanoseconds behind the point.
CLOSE = 1e-4


def end_of(event):
    return event["ts"] + event["dur"]


def check_threads(events):
    threads = defaultdict(list)
    for event in events:
        assert event["ts"] >= 0 and event["dur"] >= 0, event
        threads[event["pid"], event["tid"]].append(event)
    for thread in threads.values():
        assert thread == sorted(thread, key=lambda event: event["ts"]), "order"
        for before, after in zip(thread, thread[1:]):
            assert end_of(before) <= after["ts"] + CLOSE, (before, after)


def check_passes(events, batches, stages):
    passes = defaultdict(dict)
    for event in events:
        kind = event["name"].split(" ")[0]
        if kind in ("forward", "backward"):
            args = event["args"]
            place = args["chunk"], event["pid"], args["micro_batch"]
            assert place not in passes[kind], "twice: %s %s" % (kind, place)
            passes[kind][place] = event
    chunks = 1 + max(chunk for chunk, _, _ in passes["forward"])
    every = {(chunk, stage, batch) for chunk in range(chunks)
             for stage in range(stages) for batch in batches}
    assert set(passes["forward"]) == every
    assert passes["backward"].keys() in (every, set())
    for (chunk, stage, batch), event in passes["forward"].items():
        before = (chunk, stage - 1, batch) if stage else (chunk - 1, stages - 1, batch)
        if before in passes["forward"]:
            assert end_of(passes["forward"][before]) <= event["ts"] + CLOSE
    for (chunk, stage, batch), event in passes["backward"].items():
        after = (chunk, stage + 1, batch) if stage < stages - 1 else (chunk + 1, 0, batch)
        source = passes["backward"].get(after) or passes["forward"][chunk, stage, batch]
        assert end_of(source) <= event["ts"] + CLOSE
    return chunks


def main():
    path, all_batches = sys.argv[1], int(sys.argv[2])
    drawn = int(sys.argv[3]) if len(sys.argv) > 3 else all_batches
    with open(path) as file:
        trace = json.load(file)
    events = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    names = [event for event in trace["traceEvents"] if event["ph"] == "M"]
    stages = 1 + max(event["pid"] for event in events)
    assert len(names) == 3 * stages
    assert trace["otherData"]["micro_batches"] == all_batches
    assert trace["otherData"]["drawn_micro_batches"] == drawn
    edge = drawn if drawn == all_batches else drawn // 2
    batches = [*range(edge), *range(max(edge, all_batches - edge), all_batches)]
    check_threads(events)
    chunks = check_passes(events, batches, stages)
    last = max(events, key=end_of)
    print("%d stages of %d chunks, %d events, the last is %s" % (
        stages, chunks, len(events), last["name"]))


if __name__ == "__main__":
    main()
