/**
 * The input and result types of a tool. Types only.
 *
 * @module
 */
import type { Jsonable, JsonValue } from '../messages.ts'
import type { ToolFace } from '../protocol.ts'

/** The input type of a tool: `{ station } satisfies ToolInput<typeof lookUp>`. */
export type ToolInput<Of extends ToolFace<unknown, unknown>> = Known<
  Of extends ToolFace<infer Input, unknown> ? Input : never,
  Jsonable
>

/** The result type of a tool: `run.tool<ToolResult<typeof lookUp>>('look_up', …)`. */
export type ToolResult<Of extends ToolFace<unknown, unknown>> = Known<
  Of extends ToolFace<unknown, infer Result> ? Result : never,
  JsonValue
>

/** The type if the tool says one, else `Json`. */
type Known<Type, Json> = unknown extends Type ? Json : Type
