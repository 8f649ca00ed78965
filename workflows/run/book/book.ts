/**
 * What one run knows of itself while its workflow executes. The only mutable state of a run, in one place.
 *
 * @module
 */
import { type CancellationScope, uuid4, workflowInfo } from '@temporalio/workflow'
import { type Carried, hasBegun } from '../../../src/core/agent/carried.ts'
import { NO_TOTALS, type Totals } from '../../../src/core/agent/totals.ts'
import { costUsd } from '../../../src/core/money/cost.ts'
import {
  type AgentPlan,
  type Asker,
  type Budget,
  DEFAULT_WORKSPACE,
  type Outcome,
  type OutcomeKind,
  type PendingApproval,
  type RunRef,
  type RunToolInput,
  type Terms,
  type Within,
} from '../../../src/core/protocol.ts'
import type { Row } from './rows.ts'
import { isSealed } from './sealed.ts'

/** What the run's opening found: which of the worker's abilities the run may count on. */
export interface Opening {
  readonly agent?: AgentPlan
  readonly searchAttributes: boolean
  readonly priorities?: Readonly<Record<string, number>>
}

/** An opening and the verbs that wait for it, in their order. Nobody waits for one that has ended. */
export interface SharedOpening {
  /** Of the verb that came first. */
  readonly opened: Promise<Opening>
  readonly waiting: WaitingVerb[]
}

export interface WaitingVerb {
  resolve(opening: Opening): void
  reject(error: unknown): void
}

/** Something that a run waits for, in words for people. */
export interface Waiting {
  readonly words: string
  /** A larger budget, its own or of a run above: people are asked for it. */
  readonly forRaise?: true
  /** A message: the workflow has heard all that was said. */
  readonly forMessage?: true
  /** The approvals that one of its agents waits for, and nothing else. */
  readonly asks?: readonly PendingApproval[]
}

export interface Book {
  readonly ref: RunRef
  /** Runs above this one. */
  readonly depth: number
  /** As started with, but for limits that people have raised. */
  terms: Terms
  /** Raises so far. */
  raises: number
  /** The most raises that a run below knows of. Above `raises` if this run was reset and has forgotten some. */
  raisesBelow: number
  /** Runs above whose budgets people can raise. */
  readonly askers: readonly Asker[]
  /** How many raises of those budgets this run has heard of, by scope. */
  raisesAbove: Readonly<Record<string, number>>
  /** The runs below for which this run's budget is too small, with what each of them says. */
  readonly short: Map<string, string>
  readonly workflow: string
  /** Drawn once; see `RoutingMemory.draw`. */
  readonly draw: number
  /** Whether its verbs refuse options that do not exist. Known once the run is open. */
  isStrict: boolean
  /** Continue-as-new so far. */
  readonly parts: number
  readonly startedAtMs: number
  /** The step at which this part began. */
  readonly firstStep: number
  /** The scopes of the verbs that are under way, to be cancelled when the time budget ends. */
  readonly scopes: Set<CancellationScope>
  /** The store's side of the run, opened once, and once for each agent that is looked up. */
  readonly openings: Map<string, SharedOpening>
  /** The child runs that are under way, by id: how each is told to stop. */
  readonly children: Map<string, () => Promise<void>>
  /** Children so far; names the next. */
  childCount: number
  searchAttributes: boolean
  /** Of the task classes that have one. */
  priorities: Readonly<Record<string, number>>
  /** The store's side is open. */
  isOpen: boolean
  /** This part or one before it has opened the store's side. */
  isBegun: boolean
  step: number
  /** Tools that the workflow asked for itself; names their calls. */
  ownTools: number
  totals: Totals
  /** The last calls as lines of the table. */
  rows: readonly Row[]
  /** What it waits for now: verbs that are under way side by side each wait for something of their own. */
  readonly waits: Set<Waiting>
  /** How many agents and model calls are under way; the calls of an agent count, too. */
  atWork: number
  /** The names of the tools that are under way. */
  readonly toolsAtWork: Map<RunToolInput, string>
  /** How the prompt of the agent was made shorter. */
  promptWords: string | undefined
  timeIsUp: boolean
  /** Why no model is asked any more, for people. Set once a verb has failed with that. */
  noMoreBecause: string | undefined
  /** When the search attributes were last written, and the calls counted then. */
  published: { readonly calls: number; readonly atMs: number }
  /** Set once it is closed: no model is asked any more. */
  outcome: OutcomeKind | undefined
  /** It ends with that outcome. A workflow may do more between. */
  isEnding: boolean
}

export function createBook({ carried: _, within: told, ...own }: Terms, carried: Carried | undefined): Book {
  const { workflowType, startTime } = workflowInfo()
  const within = told && isBelow(told.root) ? told : undefined
  const terms = within ? { ...own, within } : own
  const { draw = terms.forkedFrom?.memory?.draw ?? drawOnce() } = carried ?? {}
  const { parts = 0, step = 0, ownTools = 0, totals = NO_TOTALS } = carried ?? {}
  return {
    ref: refOf(terms),
    depth: within?.depth ?? 0,
    terms,
    raises: 0,
    raisesBelow: 0,
    askers: within?.askers ?? [],
    raisesAbove: {},
    short: new Map(),
    workflow: workflowType,
    draw,
    isStrict: carried?.isStrict ?? false,
    parts,
    startedAtMs: carried?.startedAtMs ?? startTime.getTime(),
    firstStep: step,
    scopes: new Set(),
    openings: new Map(),
    children: new Map(),
    childCount: carried?.children ?? 0,
    searchAttributes: false,
    priorities: {},
    isOpen: false,
    isBegun: carried !== undefined && hasBegun(carried),
    step,
    ownTools,
    totals,
    rows: [],
    waits: new Set(),
    atWork: 0,
    toolsAtWork: new Map(),
    promptWords: undefined,
    timeIsUp: false,
    noMoreBecause: undefined,
    published: { calls: totals.calls, atMs: Date.now() },
    outcome: undefined,
    isEnding: false,
  }
}

export function refOf({ workspace, labels, policy, budget, within }: Terms): RunRef {
  const { workflowId, firstExecutionRunId } = workflowInfo()
  const key = within ? childKey(within.root, workflowId) : firstExecutionRunId
  const slices = slicesOf(key, within, budget)
  return {
    id: workflowId,
    key,
    workspace: workspace ?? DEFAULT_WORKSPACE,
    labels: labels ?? {},
    ...(policy && { policy }),
    moneyLimited: budget?.usd !== undefined || (within?.moneyLimited ?? false),
    ...(isSealed() && { sealed: true }),
    ...(budget?.onShort === 'ask' && { asks: true }),
    ...(within && { root: within.root.id, scope: within.root.key }),
    ...(slices.length > 0 && { slices }),
  }
}

/**
 * Whether this run is really below that root. A workflow that is no run of ours may pass on the terms that it was started with; what it
 * starts that way is a run of its own.
 */
function isBelow(root: Within['root']): boolean {
  const { workflowId, parent } = workflowInfo()
  return parent !== undefined && workflowId.startsWith(`${root.id}/`)
}

/**
 * The slices of the tree's budget in which a child spends: those of the runs above, and its own if it has a limit. The run at the top has
 * none, because its budget is the tree's.
 */
function slicesOf(key: string, within: Within | undefined, budget: Budget | undefined): readonly string[] {
  if (!within) return []
  const own = budget?.usd !== undefined || budget?.tokens !== undefined
  return [...(within.slices ?? []), ...(own ? [key] : [])]
}

/**
 * A child's key: the tree's key and the child's path in it. If a parent is reset and starts its children again, they have the same keys,
 * so what they have asked before is still theirs.
 */
export function childKey(root: Within['root'], workflowId: string): string {
  return `${root.key}${workflowId.slice(root.id.length)}`
}

/** 52 bits of the workflow's deterministic randomness, in [0, 1). */
function drawOnce(): number {
  return Number.parseInt(uuid4().replaceAll('-', '').slice(19, 32), 16) / 16 ** 13
}

export function outcomeFrom<Output>(
  book: Book,
  kind: OutcomeKind,
  rest: Pick<Outcome<Output>, 'text' | 'truncated' | 'output' | 'message' | 'fault'> = {},
): Outcome<Output> {
  const { cost, usage, calls, toolCalls } = book.totals
  return { kind, ...rest, cost, costUsd: costUsd(cost), usage, calls, toolCalls }
}

/** Replaces the limits that the run was started with. */
export function limitTo(book: Book, limits: Pick<Budget, 'usd' | 'tokens'>): void {
  book.terms = { ...book.terms, budget: { ...book.terms.budget, ...limits } }
}
