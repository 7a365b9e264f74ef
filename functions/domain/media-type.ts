/** Types under which audio is served; `octet-stream` is what object stores say when they were told nothing. */
const plausibleType = /^(?:audio\/|video\/|application\/(?:octet-stream|ogg|mp4|x-flac)$|binary\/octet-stream$)/;

/** How many first bytes {@link looksLikeMedia} wants to see, when the body has as many. */
export const sniffedBytes = 512;

/** Whether a body announced under this Content-Type can be an output: an error page in HTML, XML or JSON cannot. */
export function isPlausibleType(contentType: string): boolean {
  const [essence = ""] = contentType.split(";");
  return plausibleType.test(essence.trim().toLowerCase());
}

/**
 * Whether the first bytes can be those of audio. No list of formats is kept, because the vendor's types are an open set:
 * refused is what cannot be audio, that is text of any kind (markup, JSON, plain) and gzip, which would be a body that
 * somebody encoded on the way.
 */
export function looksLikeMedia(head: Uint8Array): boolean {
  if (head[0] === 0x1f && head[1] === 0x8b) return false;
  if (isUtf16(head)) return false;
  // A UTF-8 byte-order mark passes as text here too: its bytes are above 0x20.
  return head.subarray(0, sniffedBytes).some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
}

/**
 * Whether it begins like markup or JSON in UTF-16: a byte-order mark, then letters of ASCII, whose other byte is zero.
 * One letter would not do: FF FE is also how a frame of MPEG-1 Layer I begins.
 */
function isUtf16(head: Uint8Array): boolean {
  const isLittle = head[0] === 0xff && head[1] === 0xfe;
  const isBig = head[0] === 0xfe && head[1] === 0xff;
  const zeros = head.subarray(2, 18).filter((_, position) => position % 2 === (isLittle ? 1 : 0));
  return (isLittle || isBig) && zeros.every((byte) => byte === 0);
}
