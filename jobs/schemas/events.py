"""What the events of a job carry."""

from ninja import Field, Schema

from config.leases import Status


class Progress(Schema):
    id: str = Field(validation_alias="pk", serialization_alias="_id")
    job_id: int
    status: Status
    progress: int
    completed_chunks: int
    total_chunks: int | None


class DeletedJob(Schema):
    """The last that is told of a job that was deleted."""

    job_id: int
    status: str = "deleted"
    error: str = "This job was deleted."
