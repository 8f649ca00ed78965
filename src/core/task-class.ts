/**
 * A named routing intent, and everything that a configuration says, resolved.
 *
 * @module
 */
import type { SharedBudget } from './budgets/shared-budget.ts'
import type { Ability, Endpoint } from './endpoints.ts'
import type { Policy } from './policy/policy.ts'
import type { CallSettings, Labels } from './protocol.ts'
import type { Hedge } from './routing/hedge.ts'

/** What an endpoint must have for a class, whatever the call. */
export interface ClassNeeds {
  /** The least context window, in tokens. */
  readonly contextWindow?: number
  readonly maxOutput?: number
  readonly abilities?: readonly Ability[]
}

/**
 * `order`: the class's models as listed. `price`: expected cost of the call. `latency`: this worker's moving average of
 * the time to first token. `throughput`: its measured output tokens per second. `measured`: by place, then by the expected
 * cost of the call with its time, its risk and the run's warm prefixes in it (`expectedCost`). Absent: as listed, and
 * among endpoints of one model weighted by 1/price² among the steady ones.
 */
export type Sort = 'order' | 'price' | 'latency' | 'throughput' | 'measured'

/** `{ is: '>', than: 120000 }`: more than 120,000 tokens. */
export interface Comparison {
  readonly is: '>' | '>=' | '<' | '<='
  readonly than: number
}

/** What a rule looks for in a call; all that is named must hold. */
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

/** Where a call goes on; without conditions every call does. */
export interface ClassRule {
  readonly when?: RuleConditions
  readonly use: string
}

/** A class with everything that it inherits filled in. The settings are those of calls that say nothing else. */
export interface TaskClass extends CallSettings {
  readonly name: string
  /** Absent: every configured endpoint that fits. */
  readonly models?: readonly string[]
  /** The places of `models` where some are listed as equals, e.g. 0, 0, 1 for `[[a, b], c]`. @defaultValue each its own */
  readonly places?: readonly number[]
  readonly needs: ClassNeeds
  readonly sort?: Sort
  /** What a second is worth under `sort: measured`, in USD. @defaultValue 0.0005 */
  readonly secondsWorth?: number
  /** How long a call may wait on the spot before it becomes a durable timer. @defaultValue 20000 */
  readonly patienceMs: number
  /** How long a call asks on while all its endpoints are unreachable or overloaded. @defaultValue 0 */
  readonly outlastMs?: number
  /** The same while keys are refused and accounts are empty, which people mend. @defaultValue 0 */
  readonly outlastKeysMs?: number
  /** Who goes first where calls wait for an endpoint's limit, from 1 to 5; 1 goes first. @defaultValue 3 */
  readonly priority?: number
  /** The budget never shrinks the output below this. @defaultValue 256 */
  readonly minOutputTokens: number
  readonly policy: Policy
  /** A second endpoint is asked when the first is slow to begin. Absent: never. */
  readonly hedge?: Hedge
  /** The class to go on in when an answer has the wrong shape and repairing it is dearer, or was tried. */
  readonly escalateTo?: string
  /** What a refusal for content policy does. @defaultValue 'abandon' */
  readonly onRefusal: 'abandon' | 'reroute'
  /** The first rule whose conditions hold says which class serves a call; where none does, this one serves it itself. */
  readonly rules?: readonly ClassRule[]
  /** The shares of its runs that go to each class, e.g. `{ strong: 95, 'strong-next': 5 }`; a run stays where it was drawn to. */
  readonly split?: Readonly<Record<string, number>>
  /** The class in which a call goes on that no budget admits in this one. Absent: it is refused. */
  readonly onBudget?: string
}

/** On whose account runs work, and under which rules. */
interface Workspace {
  readonly policy: Policy
  /** What Temporal keeps of its runs is encrypted with a key of the workspace's, also where a run itself is not sealed. */
  readonly encryptPayloads?: boolean
}

/** A configuration, resolved against the catalogue. Plain data, and free of keys. */
export interface Directory {
  readonly endpoints: readonly Endpoint[]
  readonly classes: Readonly<Record<string, TaskClass>>
  readonly policy: Policy
  readonly workspaces: Readonly<Record<string, Workspace>>
  /** By provider, which is to say by its key: what may go there. */
  readonly keys?: Readonly<Record<string, Policy>>
  /** Limits that many runs share. */
  readonly budgets: readonly SharedBudget[]
  /** Versions of the catalogue's parts, written on every ledger row. */
  readonly catalogVersion: string
  /** One line for each thing that was left out, e.g. a provider without its key variable. */
  readonly notes: readonly string[]
}
