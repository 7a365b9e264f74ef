import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endpointProblem, mostEndpoints } from "../../../functions/domain/endpoint.ts";
import {
  anyHost,
  type EndpointPolicy,
  endpointsToTell,
  hostPattern,
  parsePolicy,
  policyProblem,
  requireAllowed,
} from "../../../functions/domain/endpoint-policy.ts";
import { InvalidInput } from "../../../functions/domain/errors.ts";

describe("a policy", () => {
  const policy = (over: Partial<EndpointPolicy> = {}): EndpointPolicy => ({
    hosts: [],
    exceptions: new Set(),
    ...over,
  });
  const onlyOwn = "is refused: this stack allows no endpoints but its own";

  it("is read from its variables", () => {
    expect(parsePolicy("*", "")).toEqual({ hosts: anyHost, exceptions: new Set() });
    for (const none of [undefined, ""]) expect(parsePolicy(none, none)).toEqual(policy());
    expect(parsePolicy("a.example,*.b.example,", "http://127.0.0.1:1,http://127.0.0.1:2")).toEqual({
      hosts: ["a.example", "*.b.example"],
      exceptions: new Set(["http://127.0.0.1:1", "http://127.0.0.1:2"]),
    });
  });

  it("of any host allows every https endpoint", () => {
    for (const endpoint of ["https://example.com/", "https://127.0.0.1/", "https://[::1]/x"]) {
      expect(policyProblem(endpoint, policy({ hosts: anyHost }))).toBeUndefined();
    }
  });

  it("of no host allows none", () => {
    expect(policyProblem("https://example.com/", policy())).toBe(onlyOwn);
  });

  it.each([
    ["https://hooks.example.com/x", true],
    ["https://HOOKS.example.com:8443/", true],
    ["https://hooks%2Eexample.com/", true],
    ["https://a.tenants.example.net/", true],
    ["https://a.b.tenants.example.net/", true],
    ["https://tenants.example.net/", false],
    ["https://evil-tenants.example.net/", false],
    ["https://eviltenants.example.net/", false],
    ["https://tenants.example.net.evil.example/", false],
    ["https://a.tenants.example.net.evil.example/", false],
    ["https://a.tenants.example.net./", false],
    ["https://evil.example/?a.tenants.example.net", false],
    ["https://evil.example/.tenants.example.net", false],
    ["https://example.com/", false],
    ["https://a.hooks.example.com/", false],
    ["https://hooks-example.com/", false],
    ["https://hooks.example.com.evil.example/", false],
  ])("of hosts: %s is allowed: %s", (endpoint, isAllowed) => {
    const problem = policyProblem(endpoint, policy({ hosts: ["hooks.example.com", "*.tenants.example.net"] }));
    const refusal = "is refused: this stack allows only the hosts hooks.example.com, *.tenants.example.net";
    expect(problem).toBe(isAllowed ? undefined : refusal);
  });

  it("allows no http, not even to a host that it names", () => {
    for (const hosts of [anyHost, ["example.com"], []] as const) {
      expect(policyProblem("http://example.com/", policy({ hosts }))).toBe("must be https");
    }
  });

  it("frees its exceptions of every rule, and nothing beside them", () => {
    const exceptions = new Set(["http://127.0.0.1:4011"]);
    expect(policyProblem("http://127.0.0.1:4011/hooks?x", policy({ exceptions }))).toBeUndefined();
    for (const endpoint of ["http://127.0.0.1:4012/", "http://127.0.0.1/", "http://localhost:4011/"]) {
      expect(policyProblem(endpoint, policy({ exceptions }))).toBe("must be https");
    }
    expect(policyProblem("https://127.0.0.1:4011/", policy({ exceptions }))).toBe(onlyOwn);
  });

  it("names each endpoint that it refuses by its position, and no endpoint", () => {
    const hosts = ["ok.example"];
    const notify = ["https://ok.example/", "https://evil.example/SECRET", "http://ok.example/?SECRET"];
    expect(() => requireAllowed(notify, policy({ hosts }))).toThrow(
      new InvalidInput("notify[1]: is refused: this stack allows only the hosts ok.example; notify[2]: must be https"),
    );
    expect(() => requireAllowed(["https://ok.example/"], policy({ hosts }))).not.toThrow();
    expect(() => requireAllowed([], policy())).not.toThrow();
  });

  it("of very many hosts has a message with a bound", () => {
    const hosts = Array.from({ length: 1_000 }, (_, index) => `host-${index}.example.com`);
    expect(policyProblem("https://evil.example/", policy({ hosts }))?.length).toBeLessThan(1_100);
  });

  it.each(["example.com", "*.example.com", "localhost", "a-b.example", "xn--bcher-kva.example", "1.example"])(
    "may list %s",
    (host) => expect(host).toMatch(hostPattern),
  );

  it.each([
    "",
    "*",
    "*.",
    "Example.com",
    "a..b",
    ".a",
    "a.",
    "https://a",
    "a:443",
    "a*.b",
    "*.*.b",
    "-a",
    "a b",
    "ü.de",
  ])("may not list %j", (host) => expect(host).not.toMatch(hostPattern));
});

describe("whom to tell", () => {
  const policy: EndpointPolicy = { hosts: ["ok.example"], exceptions: new Set() };
  const own = ["arn:aws:events:us-east-1:000000000000:event-bus/default", "https://own.example/"];

  it("is the stack's own endpoints, whatever the policy says, and those of the input that it allows", () => {
    const notify = ["https://ok.example/1", "https://evil.example/", "https://ok.example/2"];
    expect(endpointsToTell({ id: "cm1", notify }, policy, own)).toEqual([...own, notify[0], notify[2]]);
  });

  it("is each one once", () => {
    const notify = [
      ...["https://ok.example/", "https://ok.example/", "https://own.example/"],
      // Other spellings of the same two: the stack's own is kept, and with it the secret of its own.
      ...["https://OK.example:443", "HTTPS://own.example:443/"],
    ];
    expect(endpointsToTell({ notify }, { ...policy, hosts: anyHost }, own)).toEqual([...own, "https://ok.example/"]);
  });

  it.each([[undefined], [null], [5], ["https://ok.example/"], [[]], [["https://ok.example/"]], [{}]])(
    "of the input %j is the stack's own",
    (input) => {
      expect(endpointsToTell(input, policy, own)).toEqual(own);
    },
  );

  it.each([[null], ["https://ok.example/"], [5], [{}], [{ 0: "https://ok.example/", length: 1 }], [[null, {}, []]]])(
    "of notify %j is the stack's own",
    (notify) => {
      expect(endpointsToTell({ notify }, policy, own)).toEqual(own);
    },
  );

  it("is what is valid of a list that is not", () => {
    const notify = [
      5,
      "https://ok.example/#x",
      "https://ok.example/",
      "x",
      "https://u@ok.example/",
      "http://ok.example/",
    ];
    expect(endpointsToTell({ id: "../x", notify }, policy, [])).toEqual(["https://ok.example/"]);
  });

  it("is the first ten of a list that is too long", () => {
    const notify = Array.from({ length: 11 }, (_, nth) => `https://ok.example/${nth}`);
    expect(endpointsToTell({ notify }, policy, [])).toEqual(notify.slice(0, mostEndpoints));
    expect(mostEndpoints).toBe(10);
  });

  it("of any input at all is a list of endpoints that the policy allows", () => {
    const inputs = fc.oneof(fc.jsonValue(), fc.record({ notify: fc.array(fc.oneof(fc.webUrl(), fc.jsonValue())) }));
    fc.assert(
      fc.property(inputs, (input) => {
        for (const endpoint of endpointsToTell(input, { ...policy, hosts: anyHost }, [])) {
          expect(endpointProblem(endpoint)).toBeUndefined();
          expect(endpoint).toMatch(/^https:/);
        }
      }),
    );
  });
});
