/**
 * Tools, schemas and agents as a worker has them.
 *
 * @module
 */
import type { DataPolicy } from '../endpoints.ts'
import type { JsonValue } from '../messages.ts'
import type { ApprovalDeadline, Labels, RemoteActivity } from '../protocol.ts'
import type { Agent } from './agents.ts'

/** What a tool knows about the call it serves. */
export interface ToolCallContext {
  /** The same on every try, and different for every call: it follows from the run, the step, the tool call and its input. */
  readonly idempotencyKey: string
  /** The workflow's id, by which people know the run. */
  readonly runId: string
  /** Who pays for the run. */
  readonly workspace: string
  /** The run's labels, including those of the runs above it. They tell the tool for whom it works, so that no model has to. */
  readonly labels: Labels
  /** Aborted when the tool's time is up, or the run is cancelled. */
  readonly signal: AbortSignal
  /**
   * Tells people who watch the run how far the work is: the latest text about once a second, one line of at most 160 characters. It never
   * throws, and the model does not see it. Absent if nobody is shown the progress; a tool of `defineTool` always has it.
   */
  readonly progress?: (text: string) => void
}

/** A tool as the activities see it. */
export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: JsonValue
  /** `false`: it runs at most once; the model is told about an unknown outcome. */
  readonly idempotent: boolean
  /** The limit for one try. */
  readonly timeoutMs: number
  /** Results beyond this many bytes are cut, and the model is told. */
  readonly maxResultBytes: number
  /** If present, the workflow schedules this activity, and `run` is never called. */
  readonly remote?: RemoteActivity
  /** If present, the tool's input is sent to this server, which keeps what its policy says. */
  readonly server?: { readonly name: string; readonly dataPolicy: DataPolicy }
  /** Whether a person must approve the call; a deadline says until when, and what applies after that. */
  needsApproval(input: JsonValue): boolean | ApprovalDeadline
  /** Returns the parsed input, or the problem with it in words for the model. */
  parse(
    input: JsonValue,
  ): { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly problem: string }
  /** @param input - As `parse` returned it. An error that this throws is told to the model. */
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

/** A named schema for answers. */
export interface AnswerSchema {
  readonly name: string
  readonly json: JsonValue
  parse(
    value: unknown,
  ): { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly problem: string }
}

/** A named schema with the type of what satisfies it, for workflows. */
export interface AnswerSchemaOf<Value, Name extends string = string> extends AnswerSchema {
  readonly name: Name
  /** Never set: it carries the type. */
  readonly types?: { readonly value: Value }
}

/** The agents, tools and schemas of a worker, by name. */
export interface RegistryPort {
  agent(name: string): Agent | undefined
  tool(name: string): Tool | undefined
  schema(name: string): AnswerSchema | undefined
  /** Why a workflow cannot be started with this input, in words; `undefined` where it can, or the app has no schema for it. */
  inputProblem(workflow: string, input: JsonValue | undefined): string | undefined
  /** All that are registered, in their order. */
  names(kind: 'agent' | 'tool' | 'schema'): readonly string[]
}
