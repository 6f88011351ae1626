"""The Python peer of `npm run bench:inference -- --peers`; bench/inference-contestant.ts is its like in Node.

Its argument is a JSON object: models, threads, and a clip for a cold start. With a clip it answers that one and ends.
Else its first line says its versions, and each {"model", "clip", "repeat"} on stdin is answered with the stages' times.
"""

import json
import sys

from service import Recogniser, versions

task = json.loads(sys.argv[1])
recognisers = {name: Recogniser(path, task["threads"]) for name, path in task["models"].items()}


def read(path):
    with open(path, "rb") as file:
        return file.read()


def say(answer):
    print(json.dumps(answer), flush=True)


if "coldClip" in task:
    [recogniser] = recognisers.values()
    say(recogniser.classify(read(task["coldClip"])))
    sys.exit()

say({"versions": versions()})
for line in sys.stdin:
    question = json.loads(line)
    data = read(question["clip"])
    answers = [recognisers[question["model"]].classify(data) for _ in range(question["repeat"] + 1)][1:]
    say({**answers[-1], "milliseconds": [answer["milliseconds"] for answer in answers]})
