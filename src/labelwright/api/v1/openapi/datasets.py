"""What is answered about datasets: tasks of one, the list of the platform's first generation, what was published."""

from labelwright.api.v1.openapi.schemas import Schema, array, choice, nullable, record, text, whole

_ID = whole(least=1)
_COUNT = whole()


def dataset_objects() -> dict[str, Schema]:
    """Return the schemas of answers about datasets, by name."""
    return {
        "TaskIds": array(_ID),
        "PlatformDatasets": record(
            {
                "datasets": array(
                    record({"id": _ID, "name": text(), "description": text(), "path": text("On the server.")})
                ),
                "total": _COUNT,
                "totalPage": _COUNT,
                "pageNum": _COUNT,
                "pageSize": _COUNT,
                "message": text(),
            }
        ),
        "PublishedList": array(
            record(
                {
                    "name": text("Of the task."),
                    "convertOutPath": text("The folder it was published to."),
                    "dataSetId": _ID,
                    "convertStatus": choice("finished"),
                    "datasetId": nullable(_ID),
                },
                about="A task that was published. `dataSetId` numbers its media, as in the original.",
            )
        ),
    }
