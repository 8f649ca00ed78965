/**
 * Runs of an app's agents and of its workflows, whose names are known, what they take and what they give. Types alone.
 *
 * @module
 */
import type { AgentName, AppTypes, CallOf, ClassOf, HeldInput, NameOf, ValueOf } from '../../core/app-types.ts'
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
 * How one comes by runs of agents of this app, and of its workflows. Of a list that does not say its agents' names, any name may be one.
 * The names are no type of their own here: of one that is wrong the compiler then tells those that there are.
 */
export interface RunsOf<App extends AppTypes, Workflows extends object> {
  /**
   * Starts an agent or a workflow by name.
   *
   * @throws WrongStart for an invalid policy, labels, budget or priority, a missing input, and an empty name, id or task queue. Nothing
   * was sent then.
   */
  start<Name extends NameOf<App, 'agents'> | WorkflowName<Workflows>>(
    name: Name,
    options: StartOptions<StartedInput<App, Workflows, Name>, ClassOf<App>>,
  ): Promise<HandleOf<App, Workflows, Name>>
  /**
   * Starts a new run of the same agent that continues from a step of this one, with another model, class or message. Needs the store.
   * `fork<'judge'>(…)` says that it is a run of that agent; the compiler takes your word.
   *
   * @throws NoSuchStep, which names the existing steps; ConfigurationProblem for a model that the class does not list, if this client was
   * given the configuration
   */
  fork(run: string, options: ForkOptions<ClassOf<App>>): Promise<AnyHandleOf<App>>
  fork<Name extends NameOf<App, 'agents'> | WorkflowName<Workflows>>(
    run: string,
    options: ForkOptions<ClassOf<App>>,
  ): Promise<HandleOf<App, Workflows, Name>>
  /**
   * A run that was started before, by this or another process. `run<'judge'>(id)` says that it is one of that agent or workflow; the
   * compiler takes your word.
   *
   * @throws TypeError for an empty id
   */
  run(id: string): AnyHandleOf<App>
  run<Name extends NameOf<App, 'agents'> | WorkflowName<Workflows>>(id: string): HandleOf<App, Workflows, Name>
}

type HandleOf<App, Workflows, Name> = RunHandle<
  ClosedWith<App, Workflows, Name>,
  EndOf<App, Workflows, Name>,
  PendingAsk<CallOf<App>>
>

/** Of a run whose name is not known. */
type AnyHandleOf<App> = RunHandle<JsonValue, Outcome, PendingAsk<CallOf<App>>>

type StartedInput<App, Workflows, Name> =
  Name extends AgentName<App>
    ? string | readonly GivenPart[] | object
    : Given<HeldInput<App, Name, WorkflowInput<Workflows, Name>>>

type ClosedWith<App, Workflows, Name> =
  Name extends AgentName<App> ? ValueOf<App, 'agents', Name> : WorkflowOutput<Workflows, Name>

/** Whoever is given texts and files by reference is started with the files themselves. */
type Given<Input> = Input | (readonly Part[] extends Input ? readonly GivenPart[] : never)
