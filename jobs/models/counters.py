from django.db import models


class Counter(models.Model):
    """The last number given out under a name."""

    name = models.CharField(max_length=100, unique=True)
    value = models.BigIntegerField(default=0)

    class Meta:
        db_table = "counters"

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
