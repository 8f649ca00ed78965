/**
 * A start that knows an app's agents and its workflows: their names, what they take and what they give. Types alone.
 *
 * @module
 */
import type { AppTypes, NameOf, OutcomeOf, ValueOf } from '../../core/app-types.ts'
import type { JsonValue } from '../../core/messages.ts'
import type { Part } from '../../core/parts.ts'
import type { Brief, Outcome } from '../../core/protocol.ts'
import type { GivenPart } from './given-parts.ts'
import type { RunHandle } from './run-handle.ts'
import type { StartOptions } from './start-run.ts'

/** Workflows of which nothing is said: any name may be one, which takes anything and gives any JSON. */
export type AnyWorkflows = Readonly<Record<string, (brief: Brief<unknown>) => Promise<Outcome>>>

/** How runs are started of agents of this app, and of its workflows. */
export interface StartOf<App extends AppTypes, Workflows extends object> {
  /** As the untyped client has it. */
  start<Name extends StartedName<App, Workflows>>(
    name: Name,
    options: StartOptions<StartedInput<App, Workflows, Name>>,
  ): Promise<RunHandle<StartedOutput<App, Workflows, Name>, StartedOutcome<App, Workflows, Name>>>
}

/** Of a list that does not say its agents' names, any name may be one. */
type StartedName<App, Workflows> = NameOf<App, 'agents'> | WorkflowName<Workflows>

/** Names that are written out: an agent that is known by no more than `string` says nothing of others. */
type AgentName<App> = NameOf<App, 'agents'> extends infer Name ? (string extends Name ? never : Name) : never

/** Of what a module exports, the functions that end with an outcome. */
type WorkflowName<Workflows> = {
  [Name in keyof Workflows & string]: Workflows[Name] extends (...given: never[]) => Promise<Outcome<unknown>>
    ? Name
    : never
}[keyof Workflows & string]

type StartedInput<App, Workflows, Name> =
  Name extends AgentName<App> ? string | readonly GivenPart[] : Given<BriefInput<Member<Workflows, Name>>>

type StartedOutput<App, Workflows, Name> =
  Name extends AgentName<App> ? ValueOf<App, 'agents', Name> : WorkflowOutput<Member<Workflows, Name>>

type StartedOutcome<App, Workflows, Name> =
  Name extends AgentName<App> ? OutcomeOf<App, Name> : Outcome<WorkflowOutput<Member<Workflows, Name>>>

type Member<Workflows, Name> = Name extends keyof Workflows ? Workflows[Name] : unknown

type BriefInput<Workflow> = Workflow extends (brief: infer Given, ...rest: never[]) => unknown
  ? Given extends Brief<infer Input>
    ? Input
    : unknown
  : unknown

/** Whoever is given texts and files by reference is started with the files themselves. */
type Given<Input> = Input | (readonly Part[] extends Input ? readonly GivenPart[] : never)

type WorkflowOutput<Workflow> = Workflow extends (...given: never[]) => Promise<Outcome<infer Output>>
  ? Output
  : JsonValue
