/**
 * Tools and answer schemas as a worker has them, and the registry of all that an app offers.
 *
 * @module
 */
import type { DataPolicy } from '../endpoints.ts'
import type { JsonValue } from '../messages.ts'
import type { ApprovalDeadline, Labels, RemoteActivity } from '../protocol.ts'
import type { Agent } from './agents.ts'

/** What a tool knows about the call it serves. */
export interface ToolCallContext {
  /**
   * The same for all attempts of this call, and different for every other call. Made from the run, the step, the tool call's id and its
   * input.
   */
  readonly idempotencyKey: string
  /** The workflow's id, by which people know the run. */
  readonly runId: string
  /** Who pays for the run. */
  readonly workspace: string
  /** The run's labels, including those of the runs above it. They can tell the tool for whom it works, without asking a model. */
  readonly labels: Labels
  /** Aborted when the tool's time is up, or the run is cancelled. */
  readonly signal: AbortSignal
  /**
   * Shows people who watch the run how far the work is. The latest text is shown about once a second, as one line of at most 160
   * characters. Never throws, and the model does not see it. Tools of `defineTool` always have it.
   */
  readonly progress?: (text: string) => void
}

/** For whom a tool is called, as far as it decides whether people are asked. */
export type AskingRun = Pick<ToolCallContext, 'runId' | 'workspace' | 'labels'>

/** A tool as activities run it: what `defineTool` returns. */
export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: JsonValue
  /** `false`: it runs at most once, and if its outcome is unknown, the model is told. */
  readonly idempotent: boolean
  /** The limit for one attempt. */
  readonly timeoutMs: number
  /** Results beyond this many bytes are cut, and the model is told. */
  readonly maxResultBytes: number
  /** What each call of it costs in USD, as an exact decimal. Absent: nothing. */
  readonly priceUsd?: string
  /** If present, the workflow schedules this activity, and `run` is never called. */
  readonly remote?: RemoteActivity
  /** If present, the tool's input is sent to this server, which keeps what its policy says. */
  readonly server?: { readonly name: string; readonly dataPolicy: DataPolicy }
  /**
   * Whether a person must approve the call; a deadline says until when, and what applies after that.
   *
   * @param run - The run whose model calls it. @defaultValue one without labels, for tests of a tool alone
   */
  needsApproval(input: JsonValue, run?: AskingRun): boolean | ApprovalDeadline
  /** Parses what the model wrote. Returns the input, or the problem with it in words for the model. */
  parse(
    input: JsonValue,
  ): { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly problem: string }
  /** Does the work. The model is told the message of an error that it throws. @param input - What `parse` returned. */
  run(input: unknown, context: ToolCallContext): Promise<JsonValue>
}

/**
 * A tool with its name and the types of its input and result. Workflows know only its name; they get the types by `openRun<typeof app>`,
 * or by `ToolInput<typeof lookUp>` and `ToolResult<typeof lookUp>`, with an `import type`.
 */
export interface ToolOf<Input, Result, Name extends string = string> extends Tool {
  readonly name: Name
  /** Never set: it carries the types. */
  readonly types?: { readonly input: Input; readonly result: Result }
}

/** A named schema for answers: what `defineSchema` returns. */
export interface AnswerSchema {
  readonly name: string
  /** The JSON schema that vendors are sent. */
  readonly json: JsonValue
  /** Checks an answer. Returns its value as JSON, or the problem with it in words for the model. */
  parse(
    value: unknown,
  ): { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly problem: string }
}

/** A named schema with the type of its values, for workflows, and of what becomes one, for people. */
export interface AnswerSchemaOf<Value, Name extends string = string, Input = Value> extends AnswerSchema {
  readonly name: Name
  /** Never set: it carries the types. */
  readonly types?: { readonly value: Value; readonly input: Input }
}

/** The agents, tools and schemas of a worker, by name. */
export interface RegistryPort {
  agent(name: string): Agent | undefined
  tool(name: string): Tool | undefined
  schema(name: string): AnswerSchema | undefined
  /** Why a workflow cannot be started with this input, for people; `undefined` if it can, or if the app has no schema for it. */
  inputProblem(workflow: string, input: JsonValue | undefined): string | undefined
  /** The names of all that are registered, in the app's order. */
  names(kind: 'agent' | 'tool' | 'schema'): readonly string[]
}
