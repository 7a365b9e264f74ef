import type { Socket } from "node:net";
import { announcedLength, longestHead, parseResponseHead, type ResponseHead } from "../domain/response-head.ts";
import { faultCodeOf, NetworkFault } from "./network-fault.ts";

/**
 * Most bytes read at once, in bytes: 2 MiB, which hold the event loop for about 2 ms of hashing. Measured: a copy took a tenth
 * longer with 256 KiB, because it went back and forth more often.
 */
const largestRead = 2 * 1_024 ** 2;

/** Most interim answers (1xx) before the real one. */
const mostInterim = 5;

/** A GET over a {@link BodyConnection}. */
export interface BodyRequest {
  /** Path and query, byte for byte as they go on the request line. */
  readonly target: string;
  /** Request headers besides `host`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds until the response's head must be there. */
  readonly headersTimeout: number;
}

/**
 * One HTTP/1.1 connection for GETs with large bodies. It reads straight into the caller's buffers (Node's `onread`): no
 * byte is copied on the way, and nothing is left to the garbage collector. Measured against undici, whose bodies come in
 * a new buffer of 64 KiB each: a quarter less processor time and half the memory (docs/performance.md).
 */
export interface BodyConnection {
  /**
   * Sends a GET and waits for the head of its response. One at a time: the body before must have been read to its end.
   * @throws {NetworkFault} when no answer came, or one that is not HTTP
   */
  get(request: BodyRequest): Promise<ResponseHead>;
  /**
   * Reads the body: until the buffer is full, or the announced body is over.
   * @param seen told of each piece as it arrives, in order
   * @param timeout milliseconds that may pass between two pieces
   * @returns bytes read: fewer than the buffer holds only at the body's end
   * @throws {NetworkFault} when the body breaks off; what `seen` was told of is in the buffer all the same
   */
  read(into: Uint8Array, seen: (bytes: number) => void, timeout: number): Promise<number>;
  /** Bytes of the present body that were not read yet; 0 also where its length was not announced. */
  readonly left: number;
  /** Whether another GET may be sent: the body was read to its end, and both sides keep the connection. */
  readonly isFree: boolean;
  /** Closes it, also in the middle of a body. */
  close(): void;
}

/** Connects a socket that reads into what `buffer` gives and tells `callback`: Node's `onread` of `net.connect`. */
export type ConnectSocket = (onread: {
  readonly buffer: () => Uint8Array;
  readonly callback: (bytes: number, buffer: Uint8Array) => boolean;
}) => Promise<Socket>;

/**
 * Opens a connection.
 * @param host host and port for the `host` header and for errors
 * @param signal ends it at any time
 * @throws whatever `connect` throws
 */
export async function openBodyConnection(
  connect: ConnectSocket,
  host: string,
  signal: AbortSignal,
): Promise<BodyConnection> {
  const connection = new Connection(host);
  const socket = await connect({
    buffer: () => connection.nextBuffer(),
    callback: (bytes, buffer) => connection.take(bytes, buffer),
  });
  connection.attach(socket, signal);
  return connection;
}

class Connection implements BodyConnection {
  /** Where bytes go that nobody has a buffer for: heads, what comes with them, and what TLS still delivers after a stop. */
  readonly #scratch = Buffer.allocUnsafeSlow(longestHead);
  readonly #host: string;
  #socket: Socket | undefined;
  #spilled: Buffer = Buffer.alloc(0);
  #state: "idle" | "head" | "body" | "over" = "idle";
  #keepsAlive = true;
  #fault: NetworkFault | undefined;
  #region: Uint8Array | undefined;
  #filled = 0;
  #seen: (bytes: number) => void = () => undefined;
  #wake: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  left = 0;

  constructor(host: string) {
    this.#host = host;
  }

  get isFree(): boolean {
    return this.#state === "idle" && this.#keepsAlive && !this.#fault && this.#spilled.length === 0;
  }

  attach(socket: Socket, signal: AbortSignal): void {
    this.#socket = socket;
    const onAbort = () => void this.#fail(faultCodeOf(signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", (error) => void this.#fail(faultCodeOf(error)));
    socket.on("end", () => void this.#fail("ended early"));
    socket.on("close", () => {
      signal.removeEventListener("abort", onAbort);
      this.#fail("closed");
    });
    if (signal.aborted) onAbort();
  }

  close(): void {
    this.#fail("closed");
  }

  /** Where the next bytes are to go. */
  nextBuffer(): Uint8Array {
    if (!this.#region || !this.#isWanting()) return this.#scratch;
    const room = Math.min(this.#region.length - this.#filled, this.left, largestRead);
    return this.#region.subarray(this.#filled, this.#filled + room);
  }

  /** Takes note of bytes that came. @returns whether more may come at once */
  take(bytes: number, buffer: Uint8Array): boolean {
    this.#timer?.refresh();
    if (buffer === this.#scratch) {
      this.#spilled = Buffer.concat([this.#spilled, this.#scratch.subarray(0, bytes)]);
      if (this.#state === "body") this.#drain();
      else this.#settle();
    } else {
      this.#count(bytes);
    }
    return this.#isWanting();
  }

  async get({ target, headers, headersTimeout }: BodyRequest): Promise<ResponseHead> {
    // Bytes that nobody asked for belong to no response: what follows them cannot be trusted.
    if (!this.isFree) throw this.#fail("used up");
    this.#state = "head";
    const lines = Object.entries({ host: this.#host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket?.write(`GET ${target} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1");
    const deadline = performance.now() + headersTimeout;
    let head = await this.#readHead(deadline);
    for (let interim = 0; head.status < 200; interim += 1) {
      if (interim === mostInterim || head.status === 101) throw this.#fail("not HTTP/1.1");
      head = await this.#readHead(deadline);
    }
    const length = head.status === 204 || head.status === 304 ? 0 : announcedLength(head);
    this.#keepsAlive = head.keepsAlive;
    this.left = length ?? 0;
    this.#state = length === undefined ? "over" : "body";
    if (length === 0) this.#rest();
    return head;
  }

  async read(into: Uint8Array, seen: (bytes: number) => void, timeout: number): Promise<number> {
    if (this.#state !== "body") return 0;
    this.#region = into;
    this.#filled = 0;
    this.#seen = seen;
    try {
      this.#drain();
      while (this.#isWanting()) await this.#next(timeout, "BODY_TIMEOUT");
    } finally {
      this.#region = undefined;
    }
    // What came before the connection broke is good: it may have been all.
    if (this.left > 0 && this.#filled < into.length) throw this.#fail("closed");
    if (this.left === 0) this.#rest();
    return this.#filled;
  }

  /** The body is over. It reads on: an end, or bytes that nobody asked for, say that it must not be used again. */
  #rest(): void {
    this.#state = "idle";
    this.#socket?.resume();
  }

  #isWanting(): boolean {
    return this.#region !== undefined && this.#filled < this.#region.length && this.left > 0;
  }

  async #readHead(deadline: number): Promise<ResponseHead> {
    for (;;) {
      const end = this.#spilled.subarray(0, longestHead).indexOf("\r\n\r\n");
      if (end >= 0) {
        const head = parseResponseHead(this.#spilled.toString("latin1", 0, end));
        this.#spilled = this.#spilled.subarray(end + 4);
        if (head) return head;
      }
      if (end >= 0 || this.#spilled.length >= longestHead) throw this.#fail("not HTTP/1.1");
      await this.#next(Math.max(1, deadline - performance.now()), "HEADERS_TIMEOUT");
    }
  }

  /** Waits for bytes, or for the buffer to be full. */
  async #next(milliseconds: number, code: string): Promise<void> {
    if (this.#fault) throw this.#fault;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    this.#timer = setTimeout(() => this.#fail(code), milliseconds);
    this.#socket?.resume();
    await promise;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #drain(): void {
    if (!this.#region) return;
    const bytes = Math.min(this.#spilled.length, this.#region.length - this.#filled, this.left);
    if (bytes === 0) return;
    this.#region.set(this.#spilled.subarray(0, bytes), this.#filled);
    this.#spilled = this.#spilled.subarray(bytes);
    this.#count(bytes);
  }

  #count(bytes: number): void {
    this.#filled += bytes;
    this.left -= bytes;
    this.#seen(bytes);
    if (!this.#isWanting()) this.#settle();
  }

  #settle(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #fail(code: string): NetworkFault {
    this.#fault ??= new NetworkFault(code, this.#host);
    // Its buffer is the caller's again.
    this.#region = undefined;
    this.#socket?.destroy();
    this.#settle();
    return this.#fault;
  }
}
