/** Bodies of the vendor's two POST routes, as plans. */
import * as v from "valibot";
import type { ProjectPlan } from "./project-plan.ts";

/** A creation that was understood, or the status and message that refuse it. */
export type CreateRequest =
  | { readonly plan: Partial<ProjectPlan> }
  | { readonly refusal: { readonly status: 400 | 422; readonly message: string } };

// 1 to 1,000 characters: the limit that magic-hour 0.43.1 documents for every tier.
const style = v.object({
  prompt: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
  voice_name: v.optional(v.string()),
});
const name = v.optional(v.nullable(v.string()));
const generatorBody = v.object({ name, style });
const clonerBody = v.object({ name, style, assets: v.object({ audio_file_path: v.pipe(v.string(), v.minLength(1)) }) });

/** Reads the body of `POST /v1/ai-voice-generator`. Fields it does not know are ignored. */
export function readGeneratorRequest(body: string): CreateRequest {
  return read(body, generatorBody, (request) => ({ ...common(request), type: "VOICE_GENERATOR" }));
}

/** Reads the body of `POST /v1/ai-voice-cloner`. The cloned sample is named but never opened. */
export function readClonerRequest(body: string): CreateRequest {
  return read(body, clonerBody, (request) => ({
    ...common(request),
    type: "VOICE_CLONER",
    voiceName: request.assets.audio_file_path,
  }));
}

/** 400 when the body is not JSON, 422 when it is JSON of another form: the contract names both without saying which. */
function read<Body>(
  text: string,
  schema: v.GenericSchema<unknown, Body>,
  toPlan: (body: Body) => Partial<ProjectPlan>,
): CreateRequest {
  const json = parseJson(text);
  if (json === undefined) return { refusal: { status: 400, message: "The body is not JSON." } };
  const result = v.safeParse(schema, json);
  if (result.success) return { plan: toPlan(result.output) };
  const [issue] = result.issues;
  return { refusal: { status: 422, message: `${v.getDotPath(issue) ?? "body"}: ${issue.message}` } };
}

function common(body: v.InferOutput<typeof generatorBody>): Partial<ProjectPlan> {
  return { name: body.name ?? null, prompt: body.style.prompt, voiceName: body.style.voice_name ?? null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
