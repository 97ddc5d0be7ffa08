"""A process for tests that works a database with several threads: `hammer.py WHAT URL THREADS SECONDS`.

`save` writes shapes as a save does, `ids` takes blocks of ids, `migrate` brings an empty database to the newest
schema. It prints what it did as JSON.
"""

import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from labelwright.domain.annotations import Doc
from labelwright.domain.labels import AttributeRules
from labelwright.storage import Database, annotations, tasks
from labelwright.storage.migrate import migrate

RULES = {1: AttributeRules(frozenset(), ())}


def save(database, until_s):
    saved = []
    while time.monotonic() < until_s:
        with database.write() as tx:
            revision = tasks.raise_revision(tx, 1)
            first = annotations.take_ids(tx, "shapes", 3)
            docs = [Doc(first + n, n, 1, "rectangle", f'{{"id":{first + n}}}') for n in range(3)]
            annotations.write_docs(tx, "shapes", docs, job_id=1, revision=revision, rules=RULES)
        saved += [[revision, doc.id] for doc in docs]
    return saved


def ids(database, until_s):
    blocks = []
    while time.monotonic() < until_s:
        count = random.randint(1, 50)
        with database.write() as tx:
            blocks.append([annotations.take_ids(tx, "shapes", count), count])
    return blocks


def main():
    what, url, threads, seconds = sys.argv[1:]
    database = Database(url)
    if what == "migrate":
        migrate(database)
        print("[]")
        return
    until_s = time.monotonic() + float(seconds)
    work = {"save": save, "ids": ids}[what]
    with ThreadPoolExecutor(int(threads)) as pool:
        done = list(pool.map(lambda _: work(database, until_s), range(int(threads))))
    print(json.dumps([item for part in done for item in part]))
    database.close()


if __name__ == "__main__":
    main()
