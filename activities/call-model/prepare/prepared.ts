/**
 * A call with everything that it needs before anyone is asked.
 *
 * @module
 */
import type { Fault } from '../../../src/core/faults/fault.ts'
import type { FunctionTool } from '../../../src/core/messages.ts'
import type { PolicyAt } from '../../../src/core/policy/policy.ts'
import type { AnswerSchema, NewCall } from '../../../src/core/ports.ts'
import type { CallModelInput, KnownPrompt } from '../../../src/core/protocol.ts'
import type { ClassStep } from '../../../src/core/routing/class/choose-class.ts'
import type { TaskClass } from '../../../src/core/task-class.ts'

/** A call, ready to be planned. */
export interface Prepared {
  readonly input: CallModelInput
  readonly call: NewCall
  readonly taskClass: TaskClass
  readonly tools: readonly FunctionTool[]
  readonly schema?: AnswerSchema
  /** What the run knows of the prompt, as far as it holds in this class and with these tools. */
  readonly known?: KnownPrompt
  /** See {@link KnownPrompt.beside}. */
  readonly beside: string
  /** Of the tools alone. */
  readonly toolsDigest: string
  /** From the outermost level inwards. */
  readonly policies: readonly PolicyAt[]
  /** How the rules and splits of a class have led to this one. */
  readonly ways?: readonly ClassStep[]
}

/** A call whose class, tools or schema do not exist. It may have begun when they still did. */
export interface Unprepared {
  readonly input: CallModelInput
  readonly call: NewCall
  readonly fault: Fault
  /** Whether the fault is that this worker lacks a tool which the agent was opened with. Another worker had it then. */
  readonly isElsewhere: boolean
}
