/**
 * Tools, schemas and agents as a worker has them.
 *
 * @module
 */
import type { DataPolicy } from '../endpoints.ts'
import type { JsonValue } from '../messages.ts'
import type { ApprovalDeadline, Labels, RemoteActivity } from '../protocol.ts'
import type { Agent } from './agents.ts'

/** What a tool is told about the call it serves. */
export interface ToolCallContext {
  /** f(run, step, toolCallId, what is asked): the same on every try, different for every call. */
  readonly idempotencyKey: string
  /** The workflow's: what people call the run. */
  readonly runId: string
  /** Who pays for the run. */
  readonly workspace: string
  /** The run's, with those of the runs above it: for whom it works is known here, and no model has to say so. */
  readonly labels: Labels
  /** Aborted when the tool's time is over, or the run is cancelled. */
  readonly signal: AbortSignal
  /**
   * Says how far the work is, to people who watch the run: the latest text about once a second, one line of at most 160 characters. It
   * never throws, and the model does not see it. Absent where whoever calls the tool shows nobody; a tool of `defineTool` always has it.
   */
  readonly progress?: (text: string) => void
}

/** A tool as the activities see it. */
export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: JsonValue
  /** `false`: at most once; an unknown outcome is told to the model. */
  readonly idempotent: boolean
  /** Of one try. */
  readonly timeoutMs: number
  /** Results beyond this many bytes are cut, and the model is told. */
  readonly maxResultBytes: number
  /** Present: the workflow schedules this activity, and `run` is never called. */
  readonly remote?: RemoteActivity
  /** Present: the tool's input leaves for this server, which keeps of it what its policy says. */
  readonly server?: { readonly name: string; readonly dataPolicy: DataPolicy }
  /** Whether a person must approve the call; a deadline says until when, and what holds then. */
  needsApproval(input: JsonValue): boolean | ApprovalDeadline
  /** The problem with an input in words for the model, or the parsed input. */
  parse(
    input: JsonValue,
  ): { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly problem: string }
  /** @param input - As `parse` gave it. What it throws is told to the model. */
  run(input: unknown, context: ToolCallContext): Promise<JsonValue>
}

/**
 * A tool with its name and the types of what it takes and gives, for workflows, which know its name alone: by `openRun<typeof app>`, or by
 * `ToolInput<typeof lookUp>` and `ToolResult<typeof lookUp>`, beside an `import type`.
 */
export interface ToolOf<Input, Result, Name extends string = string> extends Tool {
  readonly name: Name
  /** Never there: it bears the types. */
  readonly types?: { readonly input: Input; readonly result: Result }
}

/** A named shape that an answer can be held to. */
export interface AnswerSchema {
  readonly name: string
  readonly json: JsonValue
  parse(
    value: unknown,
  ): { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly problem: string }
}

/** A named shape with the type of what satisfies it, for workflows. */
export interface AnswerSchemaOf<Value, Name extends string = string> extends AnswerSchema {
  readonly name: Name
  /** Never there: it bears the type. */
  readonly types?: { readonly value: Value }
}

/** The agents, tools and schemas of a worker, by name. */
export interface RegistryPort {
  agent(name: string): Agent | undefined
  tool(name: string): Tool | undefined
  schema(name: string): AnswerSchema | undefined
  /** All that are registered, in their order. */
  names(kind: 'agent' | 'tool' | 'schema'): readonly string[]
}
