"""What a job that ends leaves to another of its task, so that no trace of work goes with it."""

from sqlalchemy import delete, text, update

from labelwright.domain.annotations import SERIES
from labelwright.storage import Transaction
from labelwright.storage.tables import events, jobs, layers, reviews, saves


def bequeath(tx: Transaction, job_id: int, *, heir_id: int, revision: int) -> None:
    """Delete the job, which shows no annotations any more; its history, reviews, saves and events go to `heir_id`.

    What it showed once begins and ends with `revision` of the heir: it is kept, and part of no state of it.
    """
    ended = {"revision": revision, "ended_revision": revision}
    for series in SERIES:
        query = f"UPDATE {series}_history SET job_id = :heir, revision = :revision, ended_revision = :ended_revision"
        tx.connection.execute(text(f"{query} WHERE job_id = :job"), {"heir": heir_id, "job": job_id, **ended})
    # Layers that have ended still wait for their rows to go to history; the one that was shown has none left.
    # One that nobody has seen is still being written, by an import that will find the job gone.
    begun = layers.c.job_id == job_id, layers.c.begun_revision.is_not(None)
    tx.connection.execute(delete(layers).where(*begun, layers.c.ended_revision.is_(None)))
    waiting = {"job_id": heir_id, "begun_revision": revision, "ended_revision": revision}
    tx.connection.execute(update(layers).where(*begun).values(**waiting))
    for table in (saves, events, reviews):
        tx.connection.execute(update(table).where(table.c.job_id == job_id).values(job_id=heir_id))
    tx.connection.execute(delete(jobs).where(jobs.c.id == job_id))
