/**
 * The types of an app: the names of its agents, tools, schemas and task classes, their inputs, and what they return. Types only.
 *
 * @module
 */
import type { Jsonable, JsonValue, Read } from './messages.ts'
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

/** The names of an app's agents; `never` if the type of one is just `string`, since then nothing is known about the others. */
export type AgentName<App> = NameOf<App, 'agents'> extends infer Name ? (string extends Name ? never : Name) : never

/** The task classes that an app lists; any text if it lists none, or not `as const`. */
export type ClassOf<App> = App extends { readonly classes: readonly (infer Name extends string)[] } ? Name : string

/** The input of a workflow according to the app's schema for it, before defaults are filled in; `Otherwise` if there is no schema. */
export type SchemaInput<App, Name, Otherwise> = App extends { readonly inputs: infer Inputs }
  ? Name extends keyof Inputs
    ? Inputs[Name] extends { readonly _zod: { readonly input: infer Input } }
      ? Input
      : Otherwise
    : Otherwise
  : Otherwise

/** The member `Key` of the `types` of the entry with this name; `Otherwise` if there is no such entry, or its type does not say. */
export type TypeIn<App, Of extends Kind, Name, Key extends string, Otherwise> =
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

/** The value of an agent that has only the name of its schema: the app's schema of that name says its type. No real value has the key. */
export interface ValueNamed<Schema extends string> {
  readonly 'schema of the app': Schema
}

/** The type of an agent's value or of a schema's. */
export type ValueOf<App, Of extends 'agents' | 'schemas', Name> =
  TypeIn<App, Of, Name, 'value', JsonValue> extends infer Value
    ? [Value] extends [ValueNamed<infer Schema>]
      ? TypeIn<App, 'schemas', Schema, 'value', JsonValue>
      : Value
    : never

/** The outcome of a run of this agent. If the agent's type does not say whether it has a schema, `text` and `output` are not certain. */
export type OutcomeOf<App, Name> = Name extends string
  ? OutcomeBy<TypeIn<App, 'agents', Name, 'value', Unknown>, ValueOf<App, 'agents', Name>>
  : never

/** Stands for a type that is not known. No real type extends it. */
interface Unknown {
  readonly unknown: never
}

type OutcomeBy<Known, Value> = [Known] extends [Unknown] ? Outcome<Value> : AgentOutcome<Value>

/** What people may answer with where a question names a schema: what one of the app's schemas takes, before defaults and transforms. */
export type AnswerTo<App> = [Entry<App, 'schemas'>] extends [never]
  ? Jsonable
  : TypeIn<App, 'schemas', NameOf<App, 'schemas'>, 'input', Jsonable>

/** A tool call with the input that the model wrote. */
export interface AnyCall {
  readonly toolName: string
  readonly input: JsonValue
}

/** The calls of an app's tools, as a union by `toolName`. If the app's type does not say its tools, any tool may be called. */
export type CallOf<App> = [Entry<App, 'tools'>] extends [never]
  ? AnyCall
  : CallNamed<App, NameOf<App, 'tools'>> | ServedCall<App>

type CallNamed<App, Name> = Name extends string
  ? { readonly toolName: Name; readonly input: Read<TypeIn<App, 'tools', Name, 'input', JsonValue>> }
  : never

/** Tools of MCP servers: `find` of the server `shop` is `shop__find`. */
type ServedCall<App> = App extends { readonly mcpServers: object }
  ? { readonly toolName: `${string}__${string}`; readonly input: JsonValue }
  : never
