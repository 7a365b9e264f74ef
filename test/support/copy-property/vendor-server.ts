/** The vendor's API, as far as a copy needs it: GET of a project, whose download URLs are signed anew each time. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { signedUrl } from "../origin-project.ts";
import type { CopyRun } from "./copy-run.ts";

/** A running vendor. */
export interface VendorServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a vendor on a free port of 127.0.0.1.
 * @param runOf the run of a project
 * @param origin where the outputs are
 */
export async function startVendorServer(
  runOf: (id: string) => CopyRun | undefined,
  origin: string,
): Promise<VendorServer> {
  const server = createServer((incoming, outgoing) => {
    const run = runOf(incoming.url?.replace(/^.*\//, "") ?? "");
    // The first GET is that of Check status, which finds the project complete.
    const step = run && run.vendorGets > 0 ? run.nextVendorStep() : "honest";
    if (run) run.vendorGets += 1;
    if (step === "reset") return void incoming.socket.resetAndDestroy();
    const status = !run || step === "404" ? 404 : step === "503" ? 503 : 200;
    const body = run && status === 200 ? projectOf(run, origin) : { code: "not_now", message: "Not now." };
    outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The name of an output's source. */
export const sourceNameOf = (index: number) => `take-${index}.wav`;

function projectOf({ id, scenario, vendorGets }: CopyRun, origin: string): object {
  const downloads = scenario.outputs.map(({ isPrivate }, index) => {
    const host = isPrivate ? "https://10.0.0.7" : origin;
    return { url: signedUrl(`${host}/${id}/${index}`, vendorGets, sourceNameOf(index)) };
  });
  return { id, status: "complete", enabled: true, downloads };
}
