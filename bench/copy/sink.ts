/**
 * The discarding S3, in a process of its own: it takes what an S3 takes and throws the bytes away. It refuses nothing for
 * its checksum: the bench reads what was claimed and what came (`GET /_bench/stored`), and judges.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { distantMilliseconds } from "./origin-address.ts";
import { serveParent } from "./served-parent.ts";
import { answer } from "./sink-answers.ts";
import { discardBody, distantBucket } from "./sink-body.ts";
import { objects, uploads } from "./sink-objects.ts";
import { type StoredState, stateRoute } from "./sink-state.ts";

const server = createServer((request, response) => {
  const work = request.url === stateRoute ? answerBench(request, response) : answerS3(request, response);
  // A body that broke off has nobody left to answer.
  work.catch(() => response.destroy());
});
serveParent(server);

async function answerS3(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "GET", headers, url = "/" } = request;
  const [encoded = "/", query = ""] = url.split("?");
  const body = await discardBody(request);
  const path = decodeURIComponent(encoded);
  if (path.startsWith(`/${distantBucket}/`)) await setTimeout(distantMilliseconds);
  const answered = answer({ method, path, query: new URLSearchParams(query), headers, body });
  const text = String(answered.body ?? "");
  const length = { "content-length": Buffer.byteLength(text) };
  // A HEAD announces the length of what it leaves out.
  response.writeHead(answered.status, { ...(answered.status !== 204 && length), ...answered.headers }).end(text);
}

async function answerBench(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "DELETE") {
    objects.clear();
    uploads.clear();
  }
  const state: StoredState = { objects: Object.fromEntries(objects), openUploads: uploads.size };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(state));
}
