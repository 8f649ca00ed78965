/**
 * What a module of workflows says of them: their names, what they take and what they give. Types alone.
 *
 * @module
 */
import type { AgentName, OutcomeOf } from './app-types.ts'
import type { JsonValue, Read } from './messages.ts'
import type { Brief, Outcome, OutcomeWithValue } from './protocol.ts'

/** Workflows of which nothing is said: any name may be one, which takes anything and gives any JSON. */
export type AnyWorkflows = Readonly<Record<string, (brief: Brief<unknown>) => Promise<Outcome>>>

/** Of what a module exports, the functions that end with an outcome. */
export type WorkflowName<Workflows> = {
  [Name in keyof Workflows & string]: Workflows[Name] extends (...given: never[]) => Promise<Outcome<unknown>>
    ? Name
    : never
}[keyof Workflows & string] extends infer Name extends string
  ? Name
  : never

export type WorkflowInput<Workflows, Name> =
  Member<Workflows, Name> extends (brief: infer Given, ...rest: never[]) => unknown
    ? Given extends Brief<infer Input>
      ? Input
      : unknown
    : unknown

export type WorkflowOutput<Workflows, Name> =
  Member<Workflows, Name> extends (...given: never[]) => Promise<Outcome<infer Output>> ? Read<Output> : JsonValue

/** How a run of an agent or a workflow ends. A workflow that is known ends as `answered` by `close` alone, and so with what that was given. */
export type EndOf<App, Workflows, Name> =
  Name extends AgentName<App>
    ? OutcomeOf<App, Name>
    : string extends keyof Workflows
      ? Outcome<WorkflowOutput<Workflows, Name>>
      : Name extends keyof Workflows
        ? OutcomeWithValue<WorkflowOutput<Workflows, Name>>
        : Outcome

type Member<Workflows, Name> = Name extends keyof Workflows ? Workflows[Name] : unknown
