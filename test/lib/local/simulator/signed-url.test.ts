import { describe, expect, it } from "vitest";
import { checkSignature, signUrl } from "../../../../lib/local/simulator/signed-url.ts";

const key = { accessId: "GOOG1EEXAMPLE", secret: "bGoa+V7g/yqDXvKRqq+JTFn4uQZbPiQJo4pf9RzJ" };
const now = Date.parse("2024-01-02T03:04:05.678Z");
const grant = {
  origin: "http://127.0.0.1:8080",
  path: "/downloads/c1/0/out%20put.wav",
  now,
  lifetimeSeconds: 60,
  issue: 7,
};
const signed = signUrl(key, grant);
const target = signed.url.slice(grant.origin.length);
const check = (url: string, at = now, method = "GET", host = "127.0.0.1:8080") =>
  checkSignature(key, { method, url, host }, at)?.code;

describe("signUrl", () => {
  it("signs as V4 does", () => {
    // Signature computed apart from this code, with Python's hmac and hashlib after Google's description.
    expect(signed.url).toBe(
      "http://127.0.0.1:8080/downloads/c1/0/out%20put.wav?X-Goog-Algorithm=GOOG4-HMAC-SHA256" +
        "&X-Goog-Credential=GOOG1EEXAMPLE%2F20240102%2Fauto%2Fstorage%2Fgoog4_request&X-Goog-Date=20240102T030405Z" +
        "&X-Goog-Expires=60&X-Goog-SignedHeaders=host&issue=7" +
        "&X-Goog-Signature=9197176531e5dc951be4a907006b209a473c883c9cbdf356a5895a72675344e8",
    );
    expect(signed.expiresAt).toBe(Date.parse("2024-01-02T03:05:05.000Z"));
  });
});

describe("checkSignature", () => {
  it("lets a signed GET pass until it expires", () => {
    expect(check(target)).toBeUndefined();
    expect(check(target, signed.expiresAt - 1)).toBeUndefined();
    expect(check(target, signed.expiresAt)).toBe("ExpiredToken");
  });

  it("says when the URL expired, as the real service does", () => {
    const request = { method: "GET", url: target, host: "127.0.0.1:8080" };
    const details = checkSignature(key, request, signed.expiresAt)?.details;
    expect(details).toBe("The provided token has expired. Request signature expired at: 2024-01-02T03:05:05+00:00");
  });

  it.each([
    ["another path", target.replace("/c1/0/", "/c1/1/")],
    ["a longer life", target.replace("Expires=60", "Expires=600")],
    ["another parameter", `${target}&x=1`],
    ["a re-encoded credential", target.replaceAll("%2F", "/")],
    ["another signature", `${target.slice(0, -1)}${target.endsWith("0") ? "1" : "0"}`],
    ["a shortened signature", target.slice(0, -1)],
    ["a signature outside ASCII", target.replace(/.$/, "%C3%A9")],
  ])("refuses %s", (_case, url) => {
    expect(check(url)).toBe("SignatureDoesNotMatch");
  });

  it("refuses another method, host or key", () => {
    expect(check(target, now, "HEAD")).toBe("SignatureDoesNotMatch");
    expect(check(target, now, "GET", "127.0.0.1:8081")).toBe("SignatureDoesNotMatch");
    const url = signUrl({ ...key, secret: "other" }, grant).url.slice(grant.origin.length);
    expect(check(url)).toBe("SignatureDoesNotMatch");
  });

  it.each([
    ["no query", "/downloads/c1/0/output.wav", "AccessDenied"],
    ["no signature", target.replace(/&X-Goog-Signature=.*/, ""), "AccessDenied"],
    ["no date", target.replace("X-Goog-Date=", "date="), "MalformedSecurityHeader"],
    ["an impossible date", target.replace("Date=20240102T", "Date=20241302T"), "MalformedSecurityHeader"],
    ["no expiry", target.replace("X-Goog-Expires=", "expires="), "MalformedSecurityHeader"],
    ["a wordy expiry", target.replace("Expires=60", "Expires=1e9"), "MalformedSecurityHeader"],
  ])("refuses a URL with %s", (_case, url, code) => {
    expect(check(url)).toBe(code);
  });
});
