/**
 * The AI SDK's message specification under our names. Types only: nothing of the package is loaded at run time.
 *
 * @module
 */
import type {
  JSONValue,
  LanguageModelV4Content,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'

/** The version of the specification that stored messages follow. */
export const MESSAGE_VERSION = 'v4'

export type Message = LanguageModelV4Message
export type AssistantMessage = Extract<Message, { role: 'assistant' }>
export type ToolMessage = Extract<Message, { role: 'tool' }>
export type Content = LanguageModelV4Content
export type FunctionTool = LanguageModelV4FunctionTool
export type JsonValue = JSONValue
export type ProviderOptions = SharedV4ProviderOptions
