"""`python -m local.mediaconvert`: runs the stand-in until SIGTERM or Ctrl-C."""

import argparse
import os
import shutil
import sys
from pathlib import Path

import boto3
from botocore.config import Config

from local.mediaconvert.events import Announcer
from local.mediaconvert.faults import Faults
from local.mediaconvert.jobs import JobStore
from local.mediaconvert.server import Api, serve
from local.mediaconvert.storage import Storage
from local.mediaconvert.workers import Workers
from local.serving import serve_until_stopped


def main() -> int:
    """Start, serve, and stop cleanly: no ffmpeg outlives the process."""
    options = _options()
    session = boto3.Session(
        # The local cloud's own credentials, unless the environment says otherwise.
        aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "test"),
        aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "test"),
        region_name=options.region,
    )
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 4})
    storage = Storage(session.client("s3", endpoint_url=options.aws_endpoint, config=config))
    events = session.client("events", endpoint_url=options.aws_endpoint, config=config)

    scratch = options.state / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)  # what a killed process left behind
    scratch.mkdir(parents=True)
    faults = Faults()
    store = JobStore(options.state / "jobs", options.region)
    announcer = Announcer(events, faults)
    workers = Workers(
        store,
        storage,
        announcer,
        faults,
        scratch=scratch,
        count=options.jobs,
        ffmpeg_threads=options.ffmpeg_threads,
    )
    server = serve(Api(store, workers, storage, faults), options.port)
    announcer.start()
    workers.start()
    try:
        serve_until_stopped(server, name="mediaconvert")
    finally:
        workers.stop()
        announcer.stop()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.mediaconvert", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--aws-endpoint", required=True, help="the local cloud's S3 and events")
    parser.add_argument("--state", type=Path, required=True, help="folder for jobs and scratch")
    parser.add_argument("--jobs", type=int, default=1, help="jobs at a time")
    parser.add_argument("--ffmpeg-threads", type=int, default=0, help="per output; 0: automatic")
    parser.add_argument("--region", default=os.environ.get("AWS_REGION", "us-east-1"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
