/**
 * Turns a tool as its author writes it into the {@link Tool} that activities run.
 *
 * @module
 */
import { definedOnly } from '../core/defined-only.ts'
import type { JsonValue, Read } from '../core/messages.ts'
import type { AskingRun, Tool, ToolCallContext, ToolOf } from '../core/ports.ts'
import { DEFAULT_MAX_RESULT_BYTES } from '../core/tools/result-limit.ts'
import { type Approval, approvalFrom, NO_RUN, requireApproval } from './approval.ts'
import { capResult, LEAST_RESULT_BYTES } from './cap-result.ts'
import { toVendorSchema } from './json-schema.ts'
import { checkJson } from './json-value.ts'
import { parseWith } from './parse-with.ts'
import { requirePrice } from './price.ts'
import { type KeysOf, refuseUnknown } from './refuse-unknown.ts'
import { MOST_TIMEOUT_MS, requireWhole } from './require-whole.ts'
import type { InputOf, OutputOf, ZodObjectSchema, ZodSchema } from './zod-schema.ts'

/** One minute, in milliseconds: enough for a slow web API. */
export const DEFAULT_TIMEOUT_MS = 60_000

/** The definition of a tool. */
export interface ToolDefinition<Schema extends ZodObjectSchema, Result = unknown> {
  /** 1 to 64 letters, digits, `_` or `-`, which every vendor accepts. */
  readonly name: string
  /** For the model: what the tool does, and when to use it. */
  readonly description: string
  /** The input that the model must give. Checks must be synchronous. */
  readonly input: Schema
  /**
   * Does the work.
   *
   * The result becomes JSON as with `JSON.stringify`, so a `Date` becomes its text. In addition, a bigint becomes its digits, and no
   * result becomes `null`. A value that JSON would lose, such as a `Map` or `NaN`, is an error. To show the model images or PDFs, return
   * a {@link ToolContent}.
   *
   * If it throws, the model is told the error's message, so that should say what to do differently.
   */
  run(input: OutputOf<Schema>, call: Required<ToolCallContext>): Result
  /**
   * Whether it is safe to run twice with the same idempotency key. With `false` it runs at most once: if its worker is lost meanwhile,
   * the model is told that the outcome is unknown.
   *
   * @defaultValue true
   */
  readonly idempotent?: boolean | undefined
  /**
   * Whether a person must approve the call, always or for some inputs. `{ withinMs, otherwise }` sets a deadline, counted from the model's
   * answer, after which `approve` or `deny` applies. A function is given the input and the run's id, workspace and labels. It must be
   * synchronous; if it throws or returns anything else, a person must approve the call.
   *
   * @defaultValue false
   */
  readonly needsApproval?: Approval | ((input: OutputOf<Schema>, run: AskingRun) => Approval) | undefined
  /** In milliseconds, at most 59 minutes. For anything longer, use an activity of your own: `defineRemoteTool`. @defaultValue 60000 */
  readonly timeoutMs?: number | undefined
  /** The most bytes of the result's JSON text in UTF-8, at least 512. Longer results are cut, with a note. @defaultValue 100000 */
  readonly maxResultBytes?: number | undefined
  /**
   * What a call costs in USD, as a decimal text with at most twelve decimals: `'0.005'`. It must fit in the budgets of the run, or the tool
   * is not called and the model is told. It is charged once when the call begins, however often the call is tried, and also if the tool fails.
   *
   * @defaultValue nothing
   */
  readonly priceUsd?: string | undefined
}

const KEYS: KeysOf<ToolDefinition<ZodObjectSchema>> = {
  name: true,
  description: true,
  input: true,
  run: true,
  idempotent: true,
  needsApproval: true,
  timeoutMs: true,
  maxResultBytes: true,
  priceUsd: true,
}

/** What a tool's result is as JSON: a promise's value; `null` if nothing is returned. */
type ResultJson<Result> = Awaited<Result> extends infer Value ? (Value extends NoValue ? null : Read<Value>) : never

type NoValue = undefined | ReturnType<() => void>

/**
 * Defines a tool. The JSON schema of its input is computed here, once.
 *
 * Bad names and names used twice are reported when a worker starts, all at once.
 *
 * @throws TypeError or RangeError for a definition that could never work: an unknown key, a schema without a JSON form, a limit out of
 * range.
 */
export function defineTool<Schema extends ZodObjectSchema, Result = unknown, Name extends string = string>(
  definition: ToolDefinition<Schema, Result> & { readonly name: Name },
): ToolOf<InputOf<Schema>, ResultJson<Result>, Name> {
  const owner = `Tool '${definition.name}'`
  requireDefinition(owner, definition)
  const { name, description, timeoutMs = DEFAULT_TIMEOUT_MS, maxResultBytes = DEFAULT_MAX_RESULT_BYTES } = definition
  const { priceUsd } = definition
  return {
    name,
    description,
    ...definedOnly({ priceUsd }),
    inputSchema: toVendorSchema(owner, definition.input),
    idempotent: definition.idempotent ?? true,
    timeoutMs,
    maxResultBytes,
    needsApproval: (input, run) => needsApproval(definition, input, run),
    parse: input => parseInput(definition.input, input),
    run: async (input, call) => {
      const returned = await definition.run(input as OutputOf<Schema>, { progress: () => {}, ...call })
      const result = checkJson(returned)
      if (result.ok) return capResult(result.value, maxResultBytes)
      throw new TypeError(`${owner} returned what is not JSON: ${result.problem}`)
    },
  }
}

function requireDefinition<Schema extends ZodObjectSchema>(owner: string, definition: ToolDefinition<Schema>): void {
  refuseUnknown(owner, definition, KEYS)
  const { timeoutMs = DEFAULT_TIMEOUT_MS, maxResultBytes = DEFAULT_MAX_RESULT_BYTES } = definition
  if (typeof definition.description !== 'string')
    throw new TypeError(`${owner} has no description; tell the model what it does, and when to use it`)
  if (typeof definition.run !== 'function')
    throw new TypeError(`${owner} has no \`run\`; give it the function that does its work`)
  requireWhole(owner, 'timeoutMs', timeoutMs, { least: 1, most: MOST_TIMEOUT_MS })
  requireWhole(owner, 'maxResultBytes', maxResultBytes, { least: LEAST_RESULT_BYTES })
  requirePrice(owner, definition.priceUsd)
  requireApproval(owner, definition.needsApproval ?? false)
}

function parseInput(schema: ZodSchema, input: JsonValue): ReturnType<Tool['parse']> {
  const parsed = parseWith(schema, input)
  return parsed.ok ? { ok: true, input: parsed.value } : parsed
}

/** An input that does not parse needs no approval: the tool will never run with it. */
function needsApproval<Schema extends ZodObjectSchema>(
  definition: ToolDefinition<Schema>,
  input: JsonValue,
  run: AskingRun = NO_RUN,
): Approval {
  const { needsApproval: approval = false } = definition
  if (approval === false) return false
  const parsed = parseWith(definition.input, input)
  if (!parsed.ok) return false
  return typeof approval === 'function' ? approvalFrom(() => approval(parsed.value, run)) : approval
}
