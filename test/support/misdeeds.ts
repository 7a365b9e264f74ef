/** What a misbehaving receiver does in place of an answer. Each goes on until the client leaves or the receiver is closed. */
import type { ServerResponse } from "node:http";
import type { Misdeed } from "./misbehaving-receiver.ts";

/** Takes the request and never answers. */
export const neverAnswers: Misdeed = () => undefined;

/** Resets the connection in place of an answer. */
export const resets: Misdeed = ({ socket }) => void socket?.resetAndDestroy();

/** Speaks, but not HTTP. */
export const speaksNoHttp: Misdeed = ({ socket }) => void socket?.end("220 mail.example.com ready\r\n");

/** A status line, and then a header that gets longer by a byte a time and never ends. */
export const dripsHeaders: Misdeed = (response) => {
  response.socket?.write("HTTP/1.1 200 OK\r\nx-drip: ");
  every(500, response, () => response.socket?.write("x"));
};

/** Headers as fast as they go, without an end. */
export const endlessHeaders: Misdeed = (response) => {
  response.socket?.write("HTTP/1.1 200 OK\r\n");
  every(1, response, () => response.socket?.write(`x-more: ${"x".repeat(1_000)}\r\n`));
};

/** This status, and then a body that gets longer by a byte a time and never ends. */
export const dripsBody =
  (status: number): Misdeed =>
  (response) => {
    response.writeHead(status).write("slow");
    every(500, response, () => response.write("."));
  };

/** This status, and then a body as fast as it goes, without an end. */
export const endlessBody =
  (status: number): Misdeed =>
  (response) => {
    response.writeHead(status);
    every(1, response, () => response.write("endless ".repeat(512)));
  };

/** This status, and then a reset in the middle of the body that was announced. */
export const resetsInBody =
  (status: number): Misdeed =>
  (response) => {
    response.writeHead(status, { "content-length": "1000" }).flushHeaders();
    response.write("half", () => response.socket?.resetAndDestroy());
  };

function every(milliseconds: number, response: ServerResponse, deed: () => unknown): void {
  const timer = setInterval(deed, milliseconds);
  response.socket?.on("close", () => clearInterval(timer));
}
