/**
 * The types of runs of a known app: the names of its agents and workflows, their inputs, and what they return. Types only.
 *
 * @module
 */
import type {
  AgentName,
  AnswerTo,
  AppTypes,
  CallOf,
  ClassOf,
  NameOf,
  SchemaInput,
  ValueOf,
} from '../../core/app-types.ts'
import type { JsonValue } from '../../core/messages.ts'
import type { Part } from '../../core/parts.ts'
import type { Outcome } from '../../core/protocol.ts'
import type { EndOf, WorkflowInput, WorkflowName, WorkflowOutput } from '../../core/workflow-types.ts'
import type { GivenPart } from '../given/given-parts.ts'
import type { PendingAsk } from '../runs/pending-asks.ts'
import type { RunHandle } from '../runs/run-handle.ts'
import type { ForkOptions } from './fork-run.ts'
import type { StartOptions } from './start-options.ts'

/**
 * Starting and finding runs of this app's agents and workflows. If the app's list of agents does not say their names, any name will do.
 *
 * The unions of names and the handles' types are written out in each signature on purpose: the compiler's message about a wrong name then
 * lists the right ones, and editors show a `RunHandle` with what its run returns.
 */
export interface RunsOf<App extends AppTypes, Workflows extends object> {
  /**
   * Starts an agent or a workflow by name.
   *
   * @throws WrongStart for an invalid policy, labels, budget or priority, a missing input, an empty name, id or task queue, and the
   * id of a run that was started with something else. Nothing was started then.
   */
  start<Name extends NameOf<App, 'agents'> | WorkflowName<Workflows>>(
    name: Name,
    options: StartOptions<StartedInput<App, Workflows, Name>, ClassOf<App>>,
  ): Promise<
    RunHandle<ReturnedBy<App, Workflows, Name>, EndOf<App, Workflows, Name>, PendingAsk<CallOf<App>>, AnswerTo<App>>
  >
  /**
   * Starts a new run of the same agent that continues from a step of this one, with another model, class or message. Needs the store.
   * `fork<'judge'>(…)` says that it is a run of that agent. The compiler trusts you; nothing checks it.
   *
   * @throws NoSuchStep, which names the existing steps; ConfigurationProblem for a model that the class does not list, if this client was
   * given the configuration
   */
  fork(
    run: string,
    options: ForkOptions<ClassOf<App>>,
  ): Promise<RunHandle<JsonValue, Outcome, PendingAsk<CallOf<App>>, AnswerTo<App>>>
  fork<Name extends NameOf<App, 'agents'> | WorkflowName<Workflows>>(
    run: string,
    options: ForkOptions<ClassOf<App>>,
  ): Promise<
    RunHandle<ReturnedBy<App, Workflows, Name>, EndOf<App, Workflows, Name>, PendingAsk<CallOf<App>>, AnswerTo<App>>
  >
  /**
   * A run that was started before, by this or another process. `run<'judge'>(id)` says that it is a run of that agent or workflow. The
   * compiler trusts you; nothing checks it.
   *
   * @throws TypeError for an empty id
   */
  run(id: string): RunHandle<JsonValue, Outcome, PendingAsk<CallOf<App>>, AnswerTo<App>>
  run<Name extends NameOf<App, 'agents'> | WorkflowName<Workflows>>(
    id: string,
  ): RunHandle<ReturnedBy<App, Workflows, Name>, EndOf<App, Workflows, Name>, PendingAsk<CallOf<App>>, AnswerTo<App>>
}

/** What the agent or workflow may be started with. */
type StartedInput<App, Workflows, Name> =
  Name extends AgentName<App>
    ? string | readonly GivenPart[] | object
    : WithFiles<SchemaInput<App, Name, WorkflowInput<Workflows, Name>>>

/** The value with which it ends: an agent's by its schema, a workflow's as it closes. */
type ReturnedBy<App, Workflows, Name> =
  Name extends AgentName<App> ? ValueOf<App, 'agents', Name> : WorkflowOutput<Workflows, Name>

/** A workflow that takes message parts, in which files are references, may be started with the files themselves: the client stores them. */
type WithFiles<Input> = Input | (readonly Part[] extends Input ? readonly GivenPart[] : never)
