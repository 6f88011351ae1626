"""A speech emotion service of the usual kind: FastAPI, uvicorn, librosa, onnxruntime. The peer of bench:server.

MODEL names the .onnx file. Work runs in the thread pool, so that the event loop stays free; uvicorn's --workers are
processes, each with a session of its own.
"""

import os

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool

from service import Recogniser

app = FastAPI()
recogniser = Recogniser(os.environ["MODEL"], threads=1)


@app.get("/healthz")
async def health():
    return {"status": "ok"}


@app.post("/v1/classify")
async def classify(request: Request):
    return await run_in_threadpool(recogniser.classify, await request.body())
