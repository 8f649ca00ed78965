/**
 * The AI SDK's message specification under our names. Nothing of the package is loaded at run time.
 *
 * @module
 */
import type { LanguageModelV4FunctionTool, LanguageModelV4Message, SharedV4ProviderOptions } from '@ai-sdk/provider'

/** The version of the specification that stored messages follow. */
export const MESSAGE_VERSION = 'v4'

/**
 * A message as it crosses boundaries and is stored: plain JSON. Where the AI SDK allows a `Uint8Array` or a `URL`, which JSON would turn
 * into something else, this type has base64 and text. Where the AI SDK has `unknown` (a tool call's arguments), it has JSON.
 */
export type Message = Plain<LanguageModelV4Message>
export type UserMessage = Extract<Message, { role: 'user' }>
export type AssistantMessage = Extract<Message, { role: 'assistant' }>
export type ToolMessage = Extract<Message, { role: 'tool' }>

/** A text as a user's message. */
export function userText(text: string): UserMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

/** A part of any message. A system message has none: it is a text. */
export type MessagePart = Exclude<Message, { role: 'system' }>['content'][number]
/** A part of what a model has said. */
export type AnswerPart = AssistantMessage['content'][number]
export type ToolCallPart = Extract<AnswerPart, { type: 'tool-call' }>

export type FunctionTool = LanguageModelV4FunctionTool

/**
 * Any JSON value. The same as the AI SDK's `JSONValue`, but written out: the compiler names it in an app's declaration files, and the app
 * may not have that package.
 */
export type JsonValue =
  | null
  | string
  | number
  | boolean
  | { readonly [key: string]: JsonValue | undefined }
  | readonly JsonValue[]

/** A value that will be written as JSON. It allows any object, because TypeScript does not accept interfaces as `JsonValue`. */
export type Jsonable = JsonValue | object

/** The type of a member once it was read again: `Unknown` for `unknown`, and `any` for `any`. */
type MemberRead<Value, Unknown> = 0 extends 1 & Value ? Value : unknown extends Value ? Unknown : Read<Value>

/** The type of a value that was written as JSON and read again: a `Date` is its text, a bigint its digits. */
export type Read<Value> = unknown extends Value
  ? Value
  : Value extends JsonValue | undefined
    ? Value
    : Value extends { toJSON(...given: never[]): infer Json }
      ? Read<Json>
      : Value extends bigint
        ? string
        : Value extends readonly unknown[]
          ? { [Key in keyof Value]: MemberRead<Value[Key], JsonValue> }
          : Value extends object
            ? { [Key in keyof Value]: MemberRead<Value[Key], JsonValue | undefined> }
            : Value

export type ProviderOptions = SharedV4ProviderOptions

/** The shape of a `URL`. That name is not known here, since core is compiled without the types of Node and of browsers. */
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
