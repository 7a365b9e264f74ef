/** docs/openapi.json, and what it says of real requests and answers. */
import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { docs } from "./page.ts";

/** A schema, as far as tests read it. */
export interface Schema {
  readonly $ref?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly "x-maxBytesAsJson"?: number;
}

/** What may stand in a body: a schema and examples, by media type. */
type Content = Readonly<Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }>>;

interface Header {
  readonly required?: boolean;
  readonly schema: Schema;
  readonly example: unknown;
}

/** A parameter of a request. */
export interface Parameter extends Header {
  readonly name: string;
  readonly in: string;
}

/** An answer. */
export interface Response {
  readonly headers?: Readonly<Record<string, Header>>;
  readonly content?: Content;
}

/** An operation. */
export interface Operation {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly description: string; readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Response>>;
    readonly headers: Readonly<Record<string, Header>>;
  };
}

/** The document as it stands. */
export const openApi = JSON.parse(readFileSync(new URL("openapi.json", docs), "utf8")) as Document;

/** Follows a reference into the document; anything else is itself. */
export function resolved<Part extends object>(part: Part): Part {
  if (!("$ref" in part)) return part;
  const names = String(part.$ref).slice("#/".length).split("/");
  const found = names.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], openApi);
  if (found) return found as Part;
  throw new Error(`the document has no ${part.$ref}`);
}

/** All operations, each with its route key. */
export const operations: readonly (readonly [string, Operation])[] = Object.entries(openApi.paths).flatMap(
  ([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      method === "parameters" ? [] : [[`${method.toUpperCase()} ${path}`, operation] as const],
    ),
);

/** Every object schema that names its fields takes no others: what is answered must be documented. */
const closed = JSON.parse(JSON.stringify(openApi), (_, value) =>
  value?.type === "object" && value.properties && value.additionalProperties === undefined
    ? { ...value, additionalProperties: false }
    : value,
) as Document;

function validators(document: Document) {
  const isUtc = (text: string) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;
  // A condition (if, then) repeats neither type nor field.
  const ajv = new Ajv2020({
    allErrors: true,
    strictTypes: false,
    strictRequired: false,
    formats: { "date-time": isUtc },
  });
  ajv.addKeyword({
    keyword: "x-maxBytesAsJson",
    schemaType: "number",
    validate: (most: number, value: unknown) => Buffer.byteLength(JSON.stringify(value)) <= most,
  });
  const { schemas } = document.components;
  ajv.addSchema({
    $id: "openapi",
    $defs: JSON.parse(JSON.stringify(schemas).replaceAll("#/components/schemas/", "#/$defs/")),
  });
  const compiled = new Map<string, ValidateFunction>();
  return (schema: Schema, value: unknown): string[] => {
    const text = JSON.stringify(schema).replaceAll("#/components/schemas/", "openapi#/$defs/");
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text));
    compiled.set(text, validate);
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

/** What a schema of the document has against a value. */
export const schemaProblems = validators(openApi);

/** The same, and every field that is not documented. */
const closedProblems = validators(closed);

/** An answer as it came. */
export interface RealAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What the document has against a real answer: its status, its media type, its headers, every field of its body. */
export function answerProblems(routeKey: string, { status, headers, text }: RealAnswer): string[] {
  const operation = operations.find(([key]) => key === routeKey)?.[1];
  const response = operation?.responses[status];
  if (!response) return [`${routeKey} does not answer ${status}`];
  const { content = {}, headers: documented = {} } = resolved(response);
  const type = headers.get("content-type")?.split(";")[0] ?? "";
  const problems = headerProblems(documented, headers);
  if (Object.keys(content).length === 0) return text === "" ? problems : [...problems, `${status} has no body`];
  const body = content[type];
  if (!body) return [...problems, `${status} is not ${type || "without a type"}`];
  return [...problems, ...closedProblems(body.schema, JSON.parse(text))];
}

function headerProblems(documented: Readonly<Record<string, Header>>, headers: Headers): string[] {
  const named = Object.entries(documented).flatMap(([name, header]) => {
    const { required = false, schema } = resolved(header);
    const value = headers.get(name);
    if (value === null) return required ? [`${name} is missing`] : [];
    return schemaProblems(schema, schema.maximum === undefined ? value : Number(value));
  });
  const ours = ["location", "retry-after", "www-authenticate"];
  const names = Object.keys(documented).map((name) => name.toLowerCase());
  return [
    ...named,
    ...ours.filter((name) => headers.has(name) && !names.includes(name)).map((name) => `${name} is not documented`),
  ];
}
