/**
 * What an app's module says of its agents, tools, schemas and task classes: their names, what they take and what they give. Types alone.
 *
 * @module
 */
import type { JsonValue, Read } from './messages.ts'
import type { AgentOutcome, Outcome } from './protocol.ts'

/** What an app's module exports: `typeof app` with `import type * as app from './signalbox.app.js'`. */
export interface AppTypes {
  readonly agents?: readonly Named[]
  readonly tools?: readonly Named[]
  readonly schemas?: readonly Named[]
  readonly mcpServers?: object
  readonly classes?: readonly string[]
  readonly inputs?: object
}

interface Named {
  readonly name: string
}

type Kind = 'agents' | 'tools' | 'schemas'

type Entry<App, Of extends Kind> = App extends { readonly [K in Of]: readonly (infer One)[] } ? One : never

/** The names of an app's entries, as far as their types say them. */
export type NameOf<App, Of extends Kind> =
  Entry<App, Of> extends infer One ? (One extends { readonly name: infer Name extends string } ? Name : never) : never

/** Names of agents that are written out: one that is known by no more than `string` says nothing of others. */
export type AgentName<App> = NameOf<App, 'agents'> extends infer Name ? (string extends Name ? never : Name) : never

/** The task classes that an app lists; any text if it lists none, or does not write them out (`as const`). */
export type ClassOf<App> = App extends { readonly classes: readonly (infer Name extends string)[] } ? Name : string

/** The input of a workflow by the app's schema for it, as JSON before defaults are filled in; `Otherwise` if there is no schema. */
export type HeldInput<App, Name, Otherwise> = App extends { readonly inputs: infer Inputs }
  ? Name extends keyof Inputs
    ? Inputs[Name] extends { readonly _zod: { readonly input: infer Input } }
      ? Input
      : Otherwise
    : Otherwise
  : Otherwise

/** What an entry of this name bears under a key of its types; `Otherwise` where none is known to have the name, or it does not say. */
export type Borne<App, Of extends Kind, Name, Key extends string, Otherwise> =
  Extract<Entry<App, Of>, { readonly name: Name }> extends infer One
    ? [One] extends [never]
      ? Otherwise
      : One extends { readonly types?: infer Types }
        ? NonNullable<Types> extends { readonly [K in Key]: infer Type }
          ? unknown extends Type
            ? Otherwise
            : Type
          : Otherwise
        : Otherwise
    : never

/** The type of the value that an agent or a schema gives. */
export type ValueOf<App, Of extends 'agents' | 'schemas', Name> = Borne<App, Of, Name, 'value', JsonValue>

/** How a run of an agent ends. Of one that does not say whether it has a schema, nothing is sure. */
export type OutcomeOf<App, Name> = Name extends string
  ? OutcomeBy<Borne<App, 'agents', Name, 'value', Unsaid>, ValueOf<App, 'agents', Name>>
  : never

interface Unsaid {
  readonly unsaid: never
}

type OutcomeBy<Said, Value> = [Said] extends [Unsaid] ? Outcome<Value> : AgentOutcome<Value>

/** A tool call with what the model gave. */
export interface AnyCall {
  readonly toolName: string
  readonly input: JsonValue
}

/** Calls of an app's tools, told apart by their names. Of an app that does not say its tools any may be called. */
export type CallOf<App> = [Entry<App, 'tools'>] extends [never]
  ? AnyCall
  : CallNamed<App, NameOf<App, 'tools'>> | ServedCall<App>

type CallNamed<App, Name> = Name extends string
  ? { readonly toolName: Name; readonly input: Read<Borne<App, 'tools', Name, 'input', JsonValue>> }
  : never

/** The tool `find` of the server `shop` is `shop__find`. */
type ServedCall<App> = App extends { readonly mcpServers: object }
  ? { readonly toolName: `${string}__${string}`; readonly input: JsonValue }
  : never
