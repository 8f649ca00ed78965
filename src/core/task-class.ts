/**
 * Task classes, and a whole configuration as the runtime uses it.
 *
 * @module
 */
import type { SharedBudget } from './budgets/shared-budget.ts'
import type { Ability, Endpoint } from './endpoints.ts'
import type { Policy } from './policy/policy.ts'
import type { CallSettings, Labels } from './protocol.ts'

/** What an endpoint must have for a class, whatever the call. */
export interface ClassNeeds {
  /** The least context window, in tokens. */
  readonly contextWindow?: number
  readonly maxOutput?: number
  readonly abilities?: readonly Ability[]
}

/**
 * Which endpoint of a class comes first.
 *
 * - `order`: by the order of its models.
 * - `price`: by the expected cost of the call.
 * - `latency`: by the time to first token, as this worker's moving average.
 * - `throughput`: by output tokens per second, as this worker measured them.
 * - `measured`: by place, then by the expected cost of the call, which includes its time, its risk and the run's warm prefixes.
 *
 * If absent: by the order of its models; among the steady endpoints of one model, one is drawn with a weight of 1/price².
 */
export type Sort = 'order' | 'price' | 'latency' | 'throughput' | 'measured'

/** A comparison with a number of tokens: `{ is: '>', than: 120000 }` is more than 120,000. */
export interface Comparison {
  readonly is: '>' | '>=' | '<' | '<='
  readonly than: number
}

/** The conditions of a rule. All that are present must hold. */
export interface RuleConditions {
  readonly promptTokens?: Comparison
  readonly outputTokens?: Comparison
  /** The call needs all of these. */
  readonly abilities?: readonly Ability[]
  /** One of these. */
  readonly workspace?: readonly string[]
  /** All of these, of the call or its run. */
  readonly label?: Labels
  /** In UTC. A window of hours that goes past midnight belongs to the day on which it begins. */
  readonly days?: readonly Weekday[]
  /** Minutes of the day in UTC, from the first on and until before the second: `[1320, 360]` is `22-06`. */
  readonly hours?: readonly [number, number]
}

/** In the order of the week. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export type Weekday = (typeof WEEKDAYS)[number]

/** Sends calls that meet the conditions to the class `use`; every call if there are none. */
export interface ClassRule {
  readonly when?: RuleConditions
  readonly use: string
}

/** When a class asks a second endpoint. */
export interface Hedge {
  /** How long the first endpoint has for its first token, in milliseconds. `p95`: the 95th percentile of its own times. */
  readonly after: number | 'p95'
  /** The largest share of the class's calls that are hedged, in [0, 1]. */
  readonly share: number
}

/** A task class, with everything that it inherits filled in. Its settings are the defaults of its calls. */
export interface TaskClass extends CallSettings {
  readonly name: string
  /** Absent: every configured endpoint that fits. */
  readonly models?: readonly string[]
  /** The place of each of `models`. Those listed as equals share one: 0, 0, 1 for `[[a, b], c]`. @defaultValue a place for each */
  readonly places?: readonly number[]
  readonly needs: ClassNeeds
  readonly sort?: Sort
  /** What a second is worth under `sort: measured`, in USD. @defaultValue 0.0005 */
  readonly secondsWorth?: number
  /** How long a call may wait within its activity. For longer waits the run sets a durable timer. @defaultValue 20000 */
  readonly patienceMs: number
  /** For how long a call is retried while all its endpoints are unreachable or overloaded. @defaultValue 0 */
  readonly outlastMs?: number
  /** For how long it is retried while keys are rejected or accounts are empty, until somebody repairs that. @defaultValue 0 */
  readonly outlastKeysMs?: number
  /**
   * For how long after a call began it is asked through vendors' batch interfaces, at half the price. An answer that has not come by then
   * is asked for as usual. Absent: it is always asked as usual.
   */
  readonly batchMs?: number
  /** The order in which calls wait for an endpoint's limits, from 1 (first) to 5. @defaultValue 3 */
  readonly priority?: number
  /** The least output, in tokens, to which a call may be shrunk so that it fits a budget. @defaultValue 256 */
  readonly minOutputTokens: number
  readonly policy: Policy
  /** When a second endpoint is asked because the first is slow to begin. Absent: never. */
  readonly hedge?: Hedge
  /** The class that continues if an answer has the wrong shape and a repair would cost more, or has failed. */
  readonly escalateTo?: string
  /** What to do if a model refuses because of its content policy. @defaultValue 'abandon' */
  readonly onRefusal: 'abandon' | 'reroute'
  /** The first rule that applies to a call decides which class serves it. If none applies, this class does. */
  readonly rules?: readonly ClassRule[]
  /** How many of its runs go to which class, e.g. `{ strong: 95, 'strong-next': 5 }`. A run keeps the class that was drawn for it. */
  readonly split?: Readonly<Record<string, number>>
  /** The class that continues if no budget has room for the call in this one. Absent: the call is refused. */
  readonly onBudget?: string
}

/** The settings of a workspace, which is who pays for runs. */
interface Workspace {
  readonly policy: Policy
  /** Whether Temporal's payloads of all of its runs are encrypted, with a key of the workspace, even of runs that are not sealed. */
  readonly encryptPayloads?: boolean
}

/** A configuration, resolved with the catalogue. Plain data without keys. */
export interface Directory {
  readonly endpoints: readonly Endpoint[]
  readonly classes: Readonly<Record<string, TaskClass>>
  readonly policy: Policy
  readonly workspaces: Readonly<Record<string, Workspace>>
  /** Policies by provider: what may be sent there. */
  readonly keys?: Readonly<Record<string, Policy>>
  /** Limits that many runs share. */
  readonly budgets: readonly SharedBudget[]
  /** The versions of the catalogue's parts. Written into every ledger row. */
  readonly catalogVersion: string
  /** One line for each thing that was left out, e.g. a provider whose key variable is not set. */
  readonly notes: readonly string[]
}
