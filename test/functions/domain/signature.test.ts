import { describe, expect, it } from "vitest";
import { InvalidSigningSecret } from "../../../functions/domain/errors.ts";
import { parseSigningKeys, type SignedMessage, signatureHeader } from "../../../functions/domain/signature.ts";
import { rejectionOf } from "../../support/everything-in.ts";

/** The vectors of the Standard Webhooks libraries; those of ed25519 are from the tests of the Go library. */
const vector: SignedMessage = {
  messageId: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
};
const symmetric = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const symmetricSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const asymmetric = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";
const asymmetricSignature =
  "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==";

const sign = (message: SignedMessage, secret: string) => signatureHeader(message, parseSigningKeys(secret));

/** The message with which a secret is refused. */
async function refusal(text: string): Promise<string> {
  const error = await rejectionOf((async () => parseSigningKeys(text))());
  expect(error).toBeInstanceOf(InvalidSigningSecret);
  return error.message;
}

describe("a signature", () => {
  it("is that of the specification's vectors", () => {
    expect(sign(vector, symmetric)).toBe(symmetricSignature);
    expect(sign(vector, asymmetric)).toBe(asymmetricSignature);
  });

  it("is made by every key of a secret, in its order, however they are separated", () => {
    expect(sign(vector, symmetric.slice("whsec_".length))).toBe(symmetricSignature);
    for (const blank of [" ", "\n", "\r\n", "\t", "  \n "]) {
      const both = [symmetricSignature, asymmetricSignature];
      expect(sign(vector, `${blank}${symmetric}${blank}${asymmetric}${blank}`)).toBe(both.join(" "));
      expect(sign(vector, `${asymmetric}${blank}${symmetric}`)).toBe(both.toReversed().join(" "));
    }
  });
});

describe("a signing secret", () => {
  const ofBytes = (bytes: number) => Buffer.alloc(bytes, 0xa5).toString("base64");

  it("may have 24 to 64 bytes", () => {
    for (const bytes of [24, 25, 32, 63, 64]) {
      const [key] = parseSigningKeys(`whsec_${ofBytes(bytes)}`);
      expect(key).toEqual({ scheme: "v1", secret: Buffer.alloc(bytes, 0xa5) });
    }
  });

  it("of fewer or more is refused with both bounds and its own size, and is not repeated", async () => {
    const sizes = [...Array.from({ length: 24 }, (_, bytes) => bytes), 65, 66, 128, 1_000, 100_000];
    for (const bytes of sizes) {
      const message = await refusal(`whsec_${ofBytes(bytes)}`);
      expect(message).toBe(`a signing secret must be whsec_ and 24 to 64 bytes in base64, these are ${bytes}`);
    }
  });

  it.each([
    ["url-safe base64", `whsec_${Buffer.alloc(32, 0xff).toString("base64url")}=`],
    ["base64 without its padding", `whsec_${ofBytes(32).replace("=", "")}`],
    ["base64 with too much padding", `whsec_${ofBytes(32)}=`],
    ["base64 with padding that is not due", `${symmetric}=`],
    ["base64 whose last bits are not zero", `whsec_${ofBytes(31).slice(0, -3)}R==`],
    ["hexadecimal digits that are no base64", `whsec_${"a5".repeat(32)}a`],
    ["other characters", "whsec_SECRET!SECRET!SECRET!SECRET!SECRET!"],
    ["JSON, the console's default", '{"key":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}'],
    ["another prefix", "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ["a prefix in capitals", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ["the prefix twice", "whsec_whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ["one good key and one bad", `${symmetric} whsec_SECRET!SECRET!SECRET!SECRET!`],
  ])("that is %s is refused", async (_what, text) => {
    const message = await refusal(text);
    expect(message).toBe("a signing secret must be whsec_ and 24 to 64 bytes in base64, this is no base64");
  });

  it.each([
    ["31 bytes", `whsk_${ofBytes(31)}`],
    ["33 bytes", `whsk_${ofBytes(33)}`],
    ["seed and public key, 64 bytes", `whsk_${ofBytes(64)}`],
    ["nothing", "whsk_"],
    ["no base64", "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk"],
  ])("of ed25519 with %s is refused", async (_what, text) => {
    expect(await refusal(text)).toBe("an ed25519 signing key must be whsk_ and 32 bytes in base64");
  });

  it("holds one to four keys", async () => {
    for (const text of ["", " ", "\n\t "]) {
      expect(await refusal(text)).toBe("a signing secret must hold 1 to 4 keys, this one holds 0");
    }
    const five = Array.from({ length: 5 }, () => symmetric).join(" ");
    expect(await refusal(five)).toBe("a signing secret must hold 1 to 4 keys, this one holds 5");
    expect(parseSigningKeys(five.slice(0, -symmetric.length))).toHaveLength(4);
  });
});
