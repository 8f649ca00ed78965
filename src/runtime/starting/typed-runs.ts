/**
 * Runs of an app's agents and of its workflows, whose names are known, what they take and what they give. Types alone.
 *
 * @module
 */
import type { AgentName, AppTypes, CallOf, ClassOf, NameOf, ValueOf } from '../../core/app-types.ts'
import type { JsonValue } from '../../core/messages.ts'
import type { Part } from '../../core/parts.ts'
import type { Outcome } from '../../core/protocol.ts'
import type { EndOf, WorkflowInput, WorkflowName, WorkflowOutput } from '../../core/workflow-types.ts'
import type { GivenPart } from '../runs/given-parts.ts'
import type { PendingAsk } from '../runs/pending-asks.ts'
import type { RunHandle } from '../runs/run-handle.ts'
import type { ForkOptions } from './fork-run.ts'
import type { StartOptions } from './start-options.ts'

/**
 * How one comes by runs of agents of this app, and of its workflows. Of a list that does not say its agents' names, any name may be one.
 * The names are no type of their own here: of one that is wrong the compiler then tells those that there are.
 */
export interface RunsOf<App extends AppTypes, Workflows extends object> {
  /** As the untyped client has it. */
  start<Name extends NameOf<App, 'agents'> | WorkflowName<Workflows>>(
    name: Name,
    options: StartOptions<StartedInput<App, Workflows, Name>, ClassOf<App>>,
  ): Promise<HandleOf<App, Workflows, Name>>
  /** As the untyped client has it; `fork<'judge'>(…)` where it is a run of that agent: nothing but your word says so. */
  fork(run: string, options: ForkOptions<ClassOf<App>>): Promise<AnyHandleOf<App>>
  fork<Name extends NameOf<App, 'agents'> | WorkflowName<Workflows>>(
    run: string,
    options: ForkOptions<ClassOf<App>>,
  ): Promise<HandleOf<App, Workflows, Name>>
  /** As the untyped client has it; `run<'judge'>(id)` where it is one of that agent or workflow: nothing but your word says so. */
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
  Name extends AgentName<App> ? string | readonly GivenPart[] | object : Given<WorkflowInput<Workflows, Name>>

type ClosedWith<App, Workflows, Name> =
  Name extends AgentName<App> ? ValueOf<App, 'agents', Name> : WorkflowOutput<Workflows, Name>

/** Whoever is given texts and files by reference is started with the files themselves. */
type Given<Input> = Input | (readonly Part[] extends Input ? readonly GivenPart[] : never)
