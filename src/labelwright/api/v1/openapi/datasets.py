"""What is answered about datasets: tasks of one, the list of the platform's first generation, what was published."""

from labelwright.api.v1.openapi.schemas import COUNT, ID, Schema, array, choice, nullable, record, text


def dataset_objects() -> dict[str, Schema]:
    """Return the schemas of answers about datasets, by name."""
    return {
        "TaskIds": array(ID),
        "PlatformDatasets": record(
            {
                "datasets": array(
                    record({"id": ID, "name": text(), "description": text(), "path": text("On the server.")})
                ),
                "total": COUNT,
                "totalPage": COUNT,
                "pageNum": COUNT,
                "pageSize": COUNT,
                "message": text(),
            }
        ),
        "PublishedList": array(
            record(
                {
                    "name": text("Of the task."),
                    "convertOutPath": text("The folder it was published to."),
                    "dataSetId": ID,
                    "convertStatus": choice("finished"),
                    "datasetId": nullable(ID),
                },
                about="A task that was published. `dataSetId` numbers its media, as in the original.",
            )
        ),
    }
