/** The origin, in a process of its own: the download host and the vendor's API. Says its port over the channel to its parent. */
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { distantMilliseconds, parseDownloadPath, parseProjectId } from "./origin-address.ts";
import { answerDownload } from "./origin-audio.ts";
import { answerProject } from "./origin-vendor.ts";
import { serveParent } from "./served-parent.ts";

const projects = "/v1/audio-projects/";

const server = createServer((request, response) => {
  const [path = "/"] = (request.url ?? "/").split("?");
  const download = parseDownloadPath(path);
  if (download && (request.method === "GET" || request.method === "HEAD")) {
    const delay = download.mode === "distant" ? setTimeout(distantMilliseconds) : Promise.resolve();
    delay.then(() => answerDownload(request, response, download)).catch(() => response.destroy());
    return;
  }
  const id = path.startsWith(projects) ? decodeURIComponent(path.slice(projects.length)) : "";
  const project = parseProjectId(id);
  if (project && request.method === "GET") {
    return answerProject(response, id, project, `http://${request.headers.host}`);
  }
  response.writeHead(404, { "content-type": "application/json" }).end('{"code":"not_found","message":"Not found."}');
});
serveParent(server);
