/**
 * The AI SDK's message specification under our names. Types only: nothing of the package is loaded at run time.
 *
 * @module
 */
import type { LanguageModelV4FunctionTool, LanguageModelV4Message, SharedV4ProviderOptions } from '@ai-sdk/provider'

/** The version of the specification that stored messages follow. */
export const MESSAGE_VERSION = 'v4'

/**
 * A message as it crosses boundaries and lies in the store: plain JSON. The specification also allows a file's bytes as
 * `Uint8Array` and its address as `URL`, which JSON would turn into something else: here they are base64 and text. What is
 * `unknown` there, a tool call's arguments, is JSON here.
 */
export type Message = Plain<LanguageModelV4Message>
export type AssistantMessage = Extract<Message, { role: 'assistant' }>
export type ToolMessage = Extract<Message, { role: 'tool' }>
export type FunctionTool = LanguageModelV4FunctionTool

/**
 * Any JSON. It is the AI SDK's `JSONValue`, written out: the declarations that a compiler makes of an app name it, and that package is not
 * one of the app's own.
 */
export type JsonValue =
  | null
  | string
  | number
  | boolean
  | { readonly [key: string]: JsonValue | undefined }
  | readonly JsonValue[]

/** A value that is passed on as JSON. Any object may be one, because to the compiler interfaces and readonly lists are no `JsonValue`. */
export type Jsonable = JsonValue | object

/** Of something unknown within a value, whatever it was, JSON is read; `any` stays what it is. */
type Within<Value, Unknown> = 0 extends 1 & Value ? Value : unknown extends Value ? Unknown : Read<Value>

/** The type that a value has once it was written as JSON and read again: a `Date` is its text, a large integer its digits. */
export type Read<Value> = unknown extends Value
  ? Value
  : Value extends JsonValue | undefined
    ? Value
    : Value extends { toJSON(...given: never[]): infer Json }
      ? Read<Json>
      : Value extends bigint
        ? string
        : Value extends readonly unknown[]
          ? { [Key in keyof Value]: Within<Value[Key], JsonValue> }
          : Value extends object
            ? { [Key in keyof Value]: Within<Value[Key], JsonValue | undefined> }
            : Value

export type ProviderOptions = SharedV4ProviderOptions

/** A `URL` by its shape: the name means nothing where neither Node's types nor the browser's are known. */
interface Address {
  readonly href: string
  readonly searchParams: unknown
}

type Plain<T> = unknown extends T
  ? JsonValue
  : T extends JsonValue | undefined
    ? T
    : T extends Address
      ? string
      : T extends Uint8Array
        ? never
        : T extends object
          ? { [Key in keyof T]: Plain<T[Key]> }
          : T
