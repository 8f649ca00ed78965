/**
 * The types of a module of workflows: their names, their inputs, and what they return. Types only.
 *
 * @module
 */
import type { AgentName, OutcomeOf } from './app-types.ts'
import type { JsonValue, Read } from './messages.ts'
import type { Brief, Outcome, OutcomeWithValue } from './protocol.ts'

/** Workflows about which nothing is known: any name, any input, any JSON as output. An interface, so that editors show this name. */
export interface AnyWorkflows {
  readonly [name: string]: (brief: Brief<unknown>) => Promise<Outcome>
}

/** The names of the workflows that a module exports: its functions that return an outcome. */
export type WorkflowName<Workflows> = {
  [Name in keyof Workflows & string]: Workflows[Name] extends (...given: never[]) => Promise<Outcome<unknown>>
    ? Name
    : never
}[keyof Workflows & string] extends infer Name extends string
  ? Name
  : never

/** The input in a workflow's brief; `unknown` if it is not known. */
export type WorkflowInput<Workflows, Name> =
  Member<Workflows, Name> extends (brief: infer Given, ...rest: never[]) => unknown
    ? Given extends Brief<infer Input>
      ? Input
      : unknown
    : unknown

/** What a workflow closes with, as it is read from JSON; any JSON if it is not known. */
export type WorkflowOutput<Workflows, Name> =
  Member<Workflows, Name> extends (...given: never[]) => Promise<Outcome<infer Output>> ? Read<Output> : JsonValue

/** The outcome of a run of this agent or workflow. If a known workflow has answered, `output` is there, since only `close` answers. */
export type EndOf<App, Workflows, Name> =
  Name extends AgentName<App>
    ? OutcomeOf<App, Name>
    : string extends keyof Workflows
      ? Outcome<WorkflowOutput<Workflows, Name>>
      : Name extends keyof Workflows
        ? OutcomeWithValue<WorkflowOutput<Workflows, Name>>
        : Outcome

type Member<Workflows, Name> = Name extends keyof Workflows ? Workflows[Name] : unknown
