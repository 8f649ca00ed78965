/**
 * Tools whose work is an activity on another task queue, in any language.
 *
 * @module
 */
import { LONGEST_WAIT_MS } from '../core/durations.ts'
import type { JsonValue } from '../core/messages.ts'
import type { Tool, ToolOf } from '../core/ports.ts'
import type { RemoteRetry } from '../core/protocol.ts'
import { DEFAULT_TIMEOUT_MS, defineTool, type ToolDefinition } from './define-tool.ts'
import { checkJson } from './json-value.ts'
import { type KeysOf, refuseUnknown } from './refuse-unknown.ts'
import { requireWhole } from './require-whole.ts'
import type { InputOf, ZodObjectSchema } from './zod-schema.ts'

/** The definition of a tool whose activity runs on another task queue. */
export interface RemoteToolDefinition<Schema extends ZodObjectSchema>
  extends Pick<ToolDefinition<Schema>, 'name' | 'description' | 'input' | 'needsApproval' | 'priceUsd'> {
  /** The activity's type. Its only argument is the parsed input, as JSON. */
  readonly activity: string
  /** The task queue whose workers serve the activity. */
  readonly taskQueue: string
  /** The limit for all attempts together, in milliseconds, including the wait for a worker of that queue. @defaultValue 60000 */
  readonly timeoutMs?: number | undefined
  /** @defaultValue three attempts, and Temporal's intervals */
  readonly retry?: RemoteRetry | undefined
}

/** Enough for a worker that restarts. If the error stays, the model is told and may try something else. */
const DEFAULT_ATTEMPTS = 3

/** Temporal's own default for the first interval. */
const TEMPORALS_INTERVAL_MS = 1_000

const KEYS: KeysOf<RemoteToolDefinition<ZodObjectSchema>> = {
  name: true,
  description: true,
  input: true,
  needsApproval: true,
  priceUsd: true,
  activity: true,
  taskQueue: true,
  timeoutMs: true,
  retry: true,
}

const RETRY_KEYS: KeysOf<RemoteRetry> = {
  maximumAttempts: true,
  initialIntervalMs: true,
  maximumIntervalMs: true,
  backoffCoefficient: true,
  nonRetryableErrorTypes: true,
}

/**
 * Defines a tool whose activity the workflow schedules on another task queue. If the activity throws or does not return in time, the
 * model is told.
 *
 * @throws TypeError or RangeError for a definition that could never work, like {@link defineTool}.
 */
export function defineRemoteTool<Schema extends ZodObjectSchema, Name extends string = string>(
  definition: RemoteToolDefinition<Schema> & { readonly name: Name },
): ToolOf<InputOf<Schema>, JsonValue, Name> {
  refuseUnknown(`Tool '${definition.name}'`, definition, KEYS)
  const { activity, taskQueue, retry = {}, timeoutMs = DEFAULT_TIMEOUT_MS, ...described } = definition
  requirePlace(`Tool '${definition.name}'`, activity, taskQueue)
  requireWhole(`Tool '${definition.name}'`, 'timeoutMs', timeoutMs, { least: 1, most: LONGEST_WAIT_MS })
  requireRetry(`The retry of tool '${definition.name}'`, retry)
  const run = (): JsonValue => {
    throw new Error(`the tool '${definition.name}' runs on the task queue '${taskQueue}', not here. This is a bug`)
  }
  const remote = { activity, taskQueue, timeoutMs, retry: { maximumAttempts: DEFAULT_ATTEMPTS, ...retry } }
  const tool = defineTool({ ...described, run })
  return { ...tool, parse: input => asJson(tool.parse(input)), timeoutMs, remote }
}

/** Parsed input goes to another worker, so whatever the schema's transforms returned has to be JSON. */
function asJson(parsed: ReturnType<Tool['parse']>): ReturnType<Tool['parse']> {
  if (!parsed.ok) return parsed
  const json = checkJson(parsed.input)
  if (json.ok) return { ok: true, input: json.value }
  return { ok: false, problem: `its schema makes of it what no other worker can be handed as JSON: ${json.problem}` }
}

/** Refuses here what Temporal would refuse only when a run schedules the activity, and then again at every retry. */
function requirePlace(owner: string, activity: string, taskQueue: string): void {
  if (activity === '')
    throw new TypeError(`${owner} has an empty activity; name the type of the one that does its work`)
  if (taskQueue === '') throw new TypeError(`${owner} has an empty taskQueue; name the one that serves its activity`)
}

/** Like {@link requirePlace}, for the retry policy. */
function requireRetry(owner: string, retry: RemoteRetry): void {
  refuseUnknown(owner, retry, RETRY_KEYS)
  const { maximumAttempts = 1, initialIntervalMs = TEMPORALS_INTERVAL_MS, backoffCoefficient = 1 } = retry
  const { maximumIntervalMs = initialIntervalMs } = retry
  if (maximumAttempts !== Number.POSITIVE_INFINITY)
    requireWhole(owner, 'maximumAttempts', maximumAttempts, { least: 1 })
  requireWhole(owner, 'initialIntervalMs', initialIntervalMs, { least: 1, most: LONGEST_WAIT_MS })
  requireWhole(owner, 'maximumIntervalMs', maximumIntervalMs, { least: initialIntervalMs, most: LONGEST_WAIT_MS })
  if (!(backoffCoefficient >= 1 && Number.isFinite(backoffCoefficient)))
    throw new RangeError(`${owner} has backoffCoefficient ${backoffCoefficient}; it must be a number of at least 1`)
}
