/** The namespace of every S3 answer. */
const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
  "\n": "&#10;",
};
const NAMED_ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** An element whose content is text; the text is escaped. Nothing at all when the text is undefined. */
export function textElement(name: string, text: string | number | boolean | undefined): string {
  if (text === undefined) return "";
  return `<${name}>${String(text).replace(/[&<>"\r\n]/g, (character) => ESCAPES[character] ?? character)}</${name}>`;
}

/** An element whose content is other elements, already written. */
export function element(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join("")}</${name}>`;
}

/** A whole XML document with the root element in S3's namespace. */
export function xmlDocument(root: string, ...children: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${children.join("")}</${root}>`;
}

/**
 * The inner XML of every element of this name, in document order. It reads request bodies of S3, where no element
 * nests in one of its own name and none of those asked for has attributes; it is no general XML parser.
 */
export function innerXml(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, "g"))].map((match) => match[1] ?? "");
}

/** The text of the first element of this name, with entities resolved, or undefined when there is none. */
export function textOf(xml: string, name: string): string | undefined {
  return innerXml(xml, name)[0]?.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, resolveEntity);
}

function resolveEntity(whole: string, decimal?: string, hex?: string, named?: string): string {
  if (named !== undefined) return NAMED_ENTITIES[named] ?? whole;
  const codePoint = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number.parseInt(decimal, 10);
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole;
}
