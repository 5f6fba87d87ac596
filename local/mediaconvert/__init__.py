"""A stand-in for AWS Elemental MediaConvert on this machine: its REST API, run by ffmpeg.

`python -m local.mediaconvert --port 8789 --aws-endpoint http://127.0.0.1:8788 --state DIR`

It answers CreateJob, GetJob, ListJobs, SearchJobs, CancelJob and Probe of the 2017-08-29 API, so
that a boto3 client with this endpoint works unchanged. A request is held against botocore's own
model and MediaConvert's rules; what the stand-in cannot do is refused, never ignored. Each job is
one ffmpeg process, writes the S3 keys that MediaConvert would write, and announces itself on the
default event bus with the source `local.mediaconvert` (`aws.mediaconvert` is AWS's own).

A job that was running when the process stopped is taken up again from its beginning at the next
start: it writes the same keys, so nothing is left half done.

How it differs from AWS: a Probe of what is no media at all is a BadRequestException, and of a
recognized but broken file an UnprocessableEntityException (the model names that error; AWS does
not document the first). The first STATUS_UPDATE comes after two seconds instead of a minute.
Signatures are not checked. What it refuses is listed in `validation.py`.

Faults on demand: see `faults.py`.
"""
