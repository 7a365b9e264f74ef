/** The simulator's memory: every project by id, for as long as the simulator runs. */
import { randomInt } from "node:crypto";
import { makePlan, type ProjectPlan } from "./project-plan.ts";
import type { SimulatedProject } from "./simulated-project.ts";

/** Thrown when a caller of the simulator's own API names a project that was never created. */
export class UnknownProjectError extends Error {
  override readonly name = "UnknownProjectError";
}

/** The set of simulated projects. */
export class Projects {
  readonly #byId = new Map<string, SimulatedProject>();
  readonly #now: () => number;
  readonly #basePlan: ProjectPlan;
  readonly #onPlan: (project: SimulatedProject) => void;

  /**
   * @param basePlan lies under every plan
   * @param now milliseconds since the epoch
   * @param onPlan hears of every project that gets a plan, a new one or another
   * @throws ImpossiblePlanError
   */
  constructor(
    basePlan: Partial<ProjectPlan>,
    now: () => number,
    onPlan: (project: SimulatedProject) => void = () => undefined,
  ) {
    this.#basePlan = makePlan(basePlan);
    this.#now = now;
    this.#onPlan = onPlan;
  }

  /** Creates a project, queued from now on. @throws ImpossiblePlanError */
  create(plan: Partial<ProjectPlan>): SimulatedProject {
    const project: SimulatedProject = {
      id: newProjectId(),
      plan: makePlan(this.#basePlan, plan),
      createdAt: this.#now(),
      deleted: false,
      seen: { gets: 0, deletes: 0, downloads: 0 },
      completeAnswers: 0,
      rendered: new Map(),
    };
    this.#byId.set(project.id, project);
    this.#onPlan(project);
    return project;
  }

  /** Lays changes over a project's plan from now on. @throws ImpossiblePlanError, UnknownProjectError */
  change(id: string, changes: Partial<ProjectPlan>): void {
    const project = this.get(id);
    project.plan = makePlan(project.plan, changes);
    project.rendered.clear();
    this.#onPlan(project);
  }

  /** The project, also when deleted, or undefined when there never was one. */
  find(id: string): SimulatedProject | undefined {
    return this.#byId.get(id);
  }

  /** The project, also when deleted. @throws UnknownProjectError */
  get(id: string): SimulatedProject {
    const project = this.find(id);
    if (project === undefined) throw new UnknownProjectError(`no simulated project has the id ${id}`);
    return project;
  }
}

/** An id in the form of the vendor's cuids: "c" and 24 letters and digits, here random (36^24, about 2^124). */
function newProjectId(): string {
  return `c${Array.from({ length: 24 }, () => randomInt(36).toString(36)).join("")}`;
}
