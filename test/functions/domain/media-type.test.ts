import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMp3Encoder, createOggEncoder } from "wasm-media-encoders";
import { isPlausibleType, looksLikeMedia, sniffedBytes } from "../../../functions/domain/media-type.ts";

/** A second of a tone of 440 Hz, so that encoders write frames with something in them. */
const tone = Float32Array.from({ length: 24_000 }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / 24_000) / 2);

async function encoded(encoder: Awaited<ReturnType<typeof createMp3Encoder | typeof createOggEncoder>>) {
  encoder.configure({ channels: 1, sampleRate: 24_000 });
  return Buffer.concat([Buffer.from(encoder.encode([tone])), Buffer.from(encoder.finalize())]);
}

/** A WAV file's 44 bytes of header (16-bit mono PCM at 24 kHz), then samples. */
function wav(): Buffer {
  const header = Buffer.from("RIFF____WAVEfmt ________________________data____", "latin1").subarray(0, 44);
  header.writeUInt32LE(36 + 48_000, 4);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(24_000, 24);
  header.writeUInt32LE(48_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(48_000, 40);
  return Buffer.concat([header, Buffer.from(Int16Array.from(tone, (sample) => sample * 32_767).buffer)]);
}

/** `fLaC`, then a STREAMINFO block (RFC 9639, section 8.2) of 24 kHz, mono, 16 bits. */
const flac = Buffer.from(
  `664c6143 00000022 1000 1000 000000 000000 05dc00f0 00005dc0 ${"5a".repeat(16)}`.replaceAll(" ", ""),
  "hex",
);

/** The `ftyp` box (ISO 14496-12) of an M4A file, then the beginning of its `moov`. */
const m4a = Buffer.concat([
  Buffer.from([0, 0, 0, 0x1c]),
  Buffer.from("ftypM4A \0\0\x02\0M4A isommp42", "latin1"),
  Buffer.from([0, 0, 3, 0xe8]),
  Buffer.from("moov", "latin1"),
]);

describe("isPlausibleType", () => {
  it.each([
    "audio/wav",
    "audio/mpeg",
    "AUDIO/MPEG",
    " audio/ogg ; codecs=opus",
    "video/mp4",
    "application/octet-stream",
    "binary/octet-stream",
    "application/ogg",
    "application/mp4",
    "application/x-flac;q=1",
  ])("takes %s", (contentType) => {
    expect(isPlausibleType(contentType)).toBe(true);
  });

  it.each([
    "",
    "text/html",
    "text/html; charset=utf-8",
    "text/plain",
    "application/xml",
    "application/json",
    "application/gzip",
    "application/zip",
    "application/octet-stream-x",
    "binary/octet-streams",
    "x-audio/wav",
    "text/html;audio/wav",
    "audio",
  ])("refuses %j", (contentType) => {
    expect(isPlausibleType(contentType)).toBe(false);
  });
});

describe("looksLikeMedia", () => {
  it("takes real WAV, MP3 (with and without ID3), Ogg, FLAC and M4A", async () => {
    const mp3 = await encoded(await createMp3Encoder());
    const id3 = Buffer.concat([Buffer.from("ID3\x04\0\0\0\0\0\x0bTIT2\0\0\0\x01\0\0\x03", "latin1"), mp3]);
    const ogg = await encoded(await createOggEncoder());
    expect([mp3[0], ogg.toString("latin1", 0, 4)]).toEqual([0xff, "OggS"]);
    for (const file of [wav(), mp3, id3, ogg, flac, m4a]) {
      expect(looksLikeMedia(file.subarray(0, sniffedBytes)), file.toString("latin1", 0, 8)).toBe(true);
    }
  });

  const html = "<!DOCTYPE html>\r\n<html>\n\t<body>Not found</body></html>";
  const xml = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>';

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["HTML", Buffer.from(html)],
    ["HTML with a byte-order mark", Buffer.from(`\ufeff${html}`)],
    ["XML", Buffer.from(xml)],
    ["XML with a byte-order mark", Buffer.from(`\ufeff${xml}`)],
    ["XML in UTF-16, little end first", Buffer.from(`\ufeff${xml}`, "utf16le")],
    ["XML in UTF-16, big end first", Buffer.from(`\ufeff${xml}`, "utf16le").swap16()],
    ["JSON", Buffer.from('{\n\t"message": "not found"\r\n}')],
    ["plain text", Buffer.from("Not found")],
    ["text in UTF-8", Buffer.from("Nicht gefunden: für 日本 🎧")],
    ["a byte-order mark alone", Buffer.from("\ufeff")],
    ["blank lines", Buffer.from(" \t\r\n".repeat(200))],
    ["gzip", gzipSync(wav())],
  ])("refuses %s", (_what, head) => {
    expect(looksLikeMedia(head)).toBe(false);
  });

  it("takes a frame of MPEG-1 Layer I, which begins like a byte-order mark of UTF-16", () => {
    const frame = Buffer.from([
      0xff, 0xfe, 0x58, 0x00, 0x9c, 0x21, 0x44, 0x43, 0x33, 0x22, 0x12, 0x21, 0x88, 0x77, 0x66,
    ]);
    expect(looksLikeMedia(frame)).toBe(true);
  });

  it("takes any control character but tab, line feed and carriage return for a sign of media", () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const isControl = byte < 0x20 && ![0x09, 0x0a, 0x0d].includes(byte);
      expect(looksLikeMedia(Buffer.from([0x61, byte, 0x62])), `byte ${byte}`).toBe(isControl);
    }
  });

  it("looks at the first 512 bytes only", () => {
    const text = Buffer.alloc(sniffedBytes, "a");
    expect(looksLikeMedia(Buffer.concat([text, Buffer.from([0])]))).toBe(false);
    expect(looksLikeMedia(Buffer.concat([text.subarray(1), Buffer.from([0])]))).toBe(true);
  });

  it("refuses any text without control characters, in UTF-8", () => {
    const printable = fc.string({ unit: "grapheme" }).map((text) => text.replace(/\p{Cc}/gu, " "));
    fc.assert(
      fc.property(printable, (text) => {
        expect(looksLikeMedia(Buffer.from(text))).toBe(false);
      }),
    );
  });
});
