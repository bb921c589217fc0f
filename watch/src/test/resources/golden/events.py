"""Writes events.tfevents, with TensorBoard's own record writer, for TensorBoardTest."""

import os

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

WALL_TIME = 1234567890.5


def scalars(step, values):
    return event_pb2.Event(
        wall_time=WALL_TIME,
        step=step,
        summary=summary_pb2.Summary(
            value=[summary_pb2.Summary.Value(tag=tag, simple_value=value) for tag, value in values]
        ),
    )


events = [
    event_pb2.Event(wall_time=WALL_TIME, file_version="brain.Event:2"),
    event_pb2.Event(
        wall_time=WALL_TIME,
        step=301,
        session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START),
    ),
    scalars(301, [("train_loss", 0.1), ("learning_rate", 1e-3)]),
    scalars(70000, [("train_loss", float("nan")), ("größe", -2.5)]),
]
with open(os.path.join(os.path.dirname(__file__), "events.tfevents"), "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString())
    writer.flush()
