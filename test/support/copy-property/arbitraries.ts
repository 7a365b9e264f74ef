/** What fast-check chooses from. */
import fc from "fast-check";
import {
  type AttemptTime,
  type CopyOperation,
  describeScenario,
  type ForeignWrite,
  type OriginStep,
  type OutputScenario,
  type Scenario,
  type StoreDeed,
  type StoreStep,
  type VendorStep,
} from "./scenario.ts";

/** How a property's scenarios differ from those of another. */
export interface ScenarioBounds {
  /** Length of an output, in bytes. */
  readonly bytes: fc.Arbitrary<number>;
  /** Numbers of outputs, the likelier ones several times. */
  readonly outputs: readonly number[];
  /** Most groups of steps of an output's script: an answer, or one that breaks off and what follows it. */
  readonly mostSteps: number;
  /** Operations of S3 that go wrong, the likelier ones several times. */
  readonly operations: readonly CopyOperation[];
  /** ETags of sources, the likelier ones several times. */
  readonly etags: readonly OutputScenario["etag"][];
  /** How many bytes a connection gets how often; default no pace. */
  readonly pace?: fc.Arbitrary<NonNullable<Scenario["pace"]>>;
  /** Largest place in a body where something happens, in bytes. */
  readonly reach: number;
  /** Whether S3 may answer 503 SlowDown, after which the SDK holds itself back for a while. Default false. */
  readonly isThrottled?: boolean;
  /** Longest time of a short attempt, and of a call of S3 that is late, in milliseconds. */
  readonly shortest: number;
}

const does = <Name extends OriginStep["does"]>(...all: Name[]) => fc.constantFrom(...all);

/** A body that stops before its end. */
const broken = (at: fc.Arbitrary<number>): fc.Arbitrary<OriginStep> =>
  fc.oneof(
    { weight: 14, arbitrary: fc.record({ does: does("cut"), at }) },
    { weight: 3, arbitrary: fc.record({ does: does("stall"), at }) },
    { weight: 1, arbitrary: fc.record({ does: does("reset"), at }) },
  );

/** What is wrong with the answer to a Range. */
const wrongPart = (at: fc.Arbitrary<number>): fc.Arbitrary<OriginStep> => {
  const bytes = fc.integer({ min: 1, max: 600 });
  const text = fc.tuple(at, at, at).map(([first, last, total]) => `bytes ${first}-${last}/${total}`);
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        does: does("shifted 206", "short 206", "long 206", "swollen 206", "shrunk 206", "surplus"),
        bytes,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ does: does("ignore Range", "ignore If-Match", "no ETag", "weak ETag", "other ETag") }),
    },
    { weight: 1, arbitrary: fc.record({ does: does("changed total"), total: at }) },
    { weight: 1, arbitrary: fc.record({ does: does("Content-Range"), text }) },
    { weight: 1, arbitrary: fc.record({ does: does("status"), status: fc.constantFrom(412, 416) }) },
  );
};

/** What is wrong with any answer. */
const wrong: fc.Arbitrary<OriginStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: does(
        "reset before headers",
        "HTML page",
        "HTML page called audio",
        "XML page called audio",
        "uncalled-for 206",
        "expire URL",
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: does("close-delimited", "chunked", "gzip", "empty", "redirect") }) },
  { weight: 1, arbitrary: fc.record({ does: does("pause"), milliseconds: fc.integer({ min: 1, max: 8 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: does("status"), status: fc.constantFrom(400, 403, 404, 410, 429, 500, 503, 204) }),
  },
);

/** A step, and sometimes another version from it on. */
const changing = (step: fc.Arbitrary<OriginStep>, unchanged = 6): fc.Arbitrary<OriginStep> =>
  fc.oneof(
    { weight: unchanged, arbitrary: step },
    { weight: 1, arbitrary: fc.tuple(step, fc.constantFrom(0, 1, 2)).map(([one, version]) => ({ version, ...one })) },
  );

/** Answers in their order: what is wrong with a part shows only where something broke off before. */
const answersOf = ({ reach, mostSteps }: ScenarioBounds): fc.Arbitrary<OriginStep[]> => {
  // Anywhere in a body, and within the part of it that a Range asks for.
  const at = fc.oneof(fc.nat({ max: reach }), fc.nat({ max: Math.min(reach, 70_000) }));
  const honest = fc.constant<OriginStep>({ does: "honest" });
  const alone = [honest, broken(at), changing(wrong), changing(broken(at)), changing(honest)];
  const single = fc.oneof(...alone).map((step) => [step]);
  const resumed = fc.tuple(broken(at), changing(fc.oneof(wrongPart(at), wrongPart(at), honest, wrong)));
  return fc
    .array(fc.oneof<fc.Arbitrary<OriginStep[]>[]>(single, resumed), { maxLength: mostSteps })
    .map((all) => all.flat());
};

/** The step with its place inside a body of so many bytes. */
function within(step: OriginStep, bytes: number): OriginStep {
  return "at" in step ? { ...step, at: step.at % (bytes + 1) } : step;
}

const foreignWrites: readonly ForeignWrite[] = ["equal bytes", "other bytes", "equal bytes under another checksum"];

function sometimes<Value>(weight: number, value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: 100 - weight, arbitrary: fc.constant(undefined) }, { weight, arbitrary: value });
}

const output = (bounds: ScenarioBounds): fc.Arbitrary<OutputScenario> =>
  fc
    .record({
      bytes: bounds.bytes,
      etag: fc.constantFrom(...bounds.etags),
      contentType: fc.constantFrom("audio/wav", "audio/mpeg", null),
      answers: answersOf(bounds),
      before: sometimes(5, fc.constantFrom(...foreignWrites, "open upload" as const)),
      isPrivate: sometimes(1, fc.constant(true)),
    })
    .map((one) => ({ ...one, answers: one.answers.map((step) => within(step, one.bytes)) }));

const anyDeed: readonly StoreDeed[] = [
  "reset",
  "answer lost",
  "late",
  "answered late",
  "500 InternalError",
  "503 ServiceUnavailable",
];
const refusals: readonly StoreDeed[] = [
  "403 AccessDenied",
  "404 NoSuchBucket",
  "400 InvalidRequest",
  "400 ExpiredToken",
];
const withBody: readonly StoreDeed[] = [
  "reset in body",
  "damaged on the way",
  "damaged on the way",
  "400 BadDigest",
  "400 RequestTimeout",
  "400 IncompleteBody",
];

/** What may become of the calls of an operation besides what may become of any. */
const ownDeeds: Readonly<Partial<Record<CopyOperation, readonly StoreDeed[]>>> = {
  PutObject: [...withBody, ...foreignWrites, "409 ConditionalRequestConflict"],
  HeadObject: [...foreignWrites],
  CreateMultipartUpload: [...foreignWrites],
  UploadPart: [...withBody, "swallowed", "upload aborted meanwhile", "404 NoSuchUpload"],
  CompleteMultipartUpload: [
    ...foreignWrites,
    "error in 200",
    "error in 200, carried out",
    "a part left out",
    "parts exchanged",
    "upload aborted meanwhile",
    "409 ConditionalRequestConflict",
  ],
};

const storeStep = ({ operations, shortest, isThrottled = false }: ScenarioBounds): fc.Arbitrary<StoreStep> =>
  fc.constantFrom(...operations).chain((on) => {
    const own = ownDeeds[on] ?? [];
    const deed = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...anyDeed, ...own) },
      { weight: 4, arbitrary: fc.constantFrom(...(own.length > 0 ? own : anyDeed)) },
      { weight: 1, arbitrary: fc.constantFrom(...refusals) },
    );
    const throttled = fc.constant<StoreDeed>("503 SlowDown");
    return fc.record({
      on: fc.constant(on),
      nth: fc.constantFrom(1, 1, 1, 2, 2, 3, 4, 5, 6),
      times: fc.constantFrom(1, 1, 1, 1, 1, 1, 2, 2, 2, 6),
      does: isThrottled ? fc.oneof({ weight: 99, arbitrary: deed }, { weight: 1, arbitrary: throttled }) : deed,
      at: fc.nat({ max: shortest }),
    });
  });

const vendorStep: fc.Arbitrary<VendorStep> = fc.constantFrom(
  "honest",
  "honest",
  "honest",
  "honest",
  "honest",
  "503",
  "reset",
  "404",
);

const attemptTime = ({ shortest }: ScenarioBounds): fc.Arbitrary<AttemptTime> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom("plenty" as const, "one output" as const) },
    { weight: 1, arbitrary: fc.nat({ max: shortest }) },
  );

/** Scenarios, which print themselves in lines. */
export function scenarios(bounds: ScenarioBounds): fc.Arbitrary<Scenario> {
  const { outputs, pace = fc.constant(undefined) } = bounds;
  return fc
    .record({
      outputs: fc
        .tuple(fc.constantFrom(...outputs), fc.array(output(bounds), { minLength: 4, maxLength: 4 }))
        .map(([most, all]) => all.slice(0, most)),
      vendor: fc.array(vendorStep, { maxLength: 2 }),
      store: fc.array(storeStep(bounds), { maxLength: 3 }),
      attempts: fc.array(attemptTime(bounds), { maxLength: 2 }),
      transfers: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 1, 1, 2),
      pace,
    })
    .map((scenario) => Object.defineProperty(scenario, fc.toStringMethod, { value: () => describeScenario(scenario) }));
}
