import type { ServerResponse } from "node:http";
import type { AudioProjectBody } from "../../lib/local/simulator/simulated-project.ts";
import { downloadPath, type OriginProject } from "./origin-address.ts";

/** Answers the vendor's GET of a project: complete, its downloads at this very origin. */
export function answerProject(response: ServerResponse, id: string, project: OriginProject, origin: string): void {
  const { mode, outputs, bytes } = project;
  const body: AudioProjectBody = {
    id,
    name: null,
    status: "complete",
    type: "VOICE_GENERATOR",
    created_at: "2026-01-01T00:00:00",
    enabled: true,
    credits_charged: 0,
    downloads: Array.from({ length: outputs }, (_, index) => ({
      url: `${origin}${downloadPath({ mode, bytes, index })}`,
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    })),
    error: null,
  };
  const text = JSON.stringify(body);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
}
