/**
 * What crosses between clients, workflows and activities: names, inputs, results. Everything here is plain readonly
 * JSON, one object per message, so that a field can be added without breaking a run that is open.
 *
 * The vocabulary, one word per thing:
 *
 * - **provider**: credentials + wire protocol + base URL. **model**: `author/name`. **endpoint**: one model at one provider.
 * - **task class**: a named routing intent. **route**: the ordered candidates of one call and every rejection with its reason.
 * - **attempt**: one request on the wire. **call**: one logical model call = 1..n attempts = one activity.
 * - **step**: one call and the tools it asked for. **run**: one workflow from start to outcome.
 * - **transcript**: the run's messages, append-only. **ledger**: the record of attempts and money.
 * - **budget**: a limit on money, tokens, steps or time. **fault**: what went wrong. **remedy**: what the router does about it.
 * - **workspace**: who pays. **outcome**: how a run ended.
 *
 * @module
 */
import type { Fault, FaultKind } from './faults/fault.ts'
import type { JsonValue, Message, ProviderOptions } from './messages.ts'
import type { Policy } from './policy.ts'
import type { Usage } from './usage.ts'

/** The task queue of workers and clients that name no other. */
export const TASK_QUEUE = 'signalbox'

/** The workspace of runs that name none; it exists in every configuration. */
export const DEFAULT_WORKSPACE = 'default'

/** The type of the failure that carries an outcome out of the workflow's code. */
export const ENDED = 'signalbox.ended'

/** The bytes of a tool's result or input that history may show; the whole lies in the store. */
export const PREVIEW_BYTES = 512

export const SIGNALS = {
  stop: 'signalbox.stop',
  /** From a run to one above it, whose budget it is short of. */
  short: 'signalbox.short',
  /** Back: that budget was raised. */
  raised: 'signalbox.raised',
} as const
export const QUERIES = { state: 'signalbox.state' } as const
export const UPDATES = { decide: 'signalbox.decide', say: 'signalbox.say', raise: 'signalbox.raise' } as const

/** The failure's type when a decision names a tool call for which no approval is asked, or not yet. */
export const NOT_ASKED = 'signalbox.not-asked'

/** The failure's type when a decision contradicts the one that holds. */
export const DECIDED_OTHERWISE = 'signalbox.decided-otherwise'

/** Keyed by the attribute's name; registered by `signalbox setup` and by the dev server. */
export const SEARCH_ATTRIBUTES = {
  SignalboxCostUsd: 'Double',
  SignalboxWorkspace: 'Keyword',
  SignalboxClasses: 'KeywordList',
  SignalboxModels: 'KeywordList',
  SignalboxOutcome: 'Keyword',
} as const

/** Free words for the ledger, e.g. `{ team: 'growth', feature: 'titles' }`. */
export type Labels = Readonly<Record<string, string>>

/** The limits of one run. An absent field is no limit. */
export interface Budget {
  /** Decimal string, e.g. `'0.50'`. */
  readonly usd?: string
  readonly tokens?: number
  readonly steps?: number
  readonly timeMs?: number
  /**
   * What happens when no further call, of the run or of one below it, fits the run's own limit on money or tokens. `ask`: it waits
   * until somebody raises it, or stops the run. @defaultValue 'refuse': it ends out of budget
   */
  readonly onShort?: 'ask' | 'refuse'
}

/** By how much somebody raises a run's limits, and who. */
export interface BudgetRaise {
  /** Decimal string. */
  readonly usd?: string
  readonly tokens?: number
  readonly by?: string
  readonly note?: string
}

/** What people are asked for: more than the limits of this run, by one below it. */
export interface AskBudgetInput {
  readonly run: RunRef
  readonly step: number
  readonly message: string
}

/** The limits that hold after a raise. */
export interface RaisedBudget {
  readonly limitUsd?: string
  readonly limitTokens?: number
}

export interface RaiseBudgetInput extends BudgetRaise {
  readonly run: RunRef
  /** The same on every try. */
  readonly raiseId: string
  readonly atMs: number
}

/** A text that is too long for history: a client wrote it into the store for the run. */
export interface StoredText {
  /** Of the text as JSON, in hex; under the run's own key where the run is sealed. */
  readonly digest: string
  /** Of the text as JSON, in UTF-8. */
  readonly bytes: number
  /** The beginning of that JSON, at most {@link PREVIEW_BYTES}. */
  readonly preview: string
}

/** What people tell an agent: as it is, or where it lies. */
export type Words = string | StoredText

/** What people say to a running agent. */
export interface Said {
  readonly text: Words
  /** The same on every try: what is said again under it changes nothing. */
  readonly id?: string
  /** Who says it, for the record; the model is not told. */
  readonly by?: string
}

/** What somebody has said, on its way into the run's events. */
export interface KeepSaidInput {
  readonly run: RunRef
  /** The message's own. */
  readonly id: string
  readonly text: Words
  /** Present where `text` is only the beginning. */
  readonly truncated?: true
  readonly by?: string
  /** By the run's clock, so that a replay or a second try is the same record. */
  readonly atMs: number
}

/** On whose account and under which rules a run works. */
export interface Terms {
  readonly workspace?: string
  readonly budget?: Budget
  readonly policy?: Policy
  readonly labels?: Labels
  /** The task class of an agent's model calls, instead of the agent's own. */
  readonly taskClass?: string
  /** Binds an agent's own calls to one model of their class: `author/name`, or one endpoint's id. */
  readonly model?: string
  /** Set by a fork; never by people. */
  readonly forkedFrom?: ForkedFrom
  /** Set by the client in place of an input that is too long for history; never by people. Only agents can read it. */
  readonly longInput?: StoredText
  /** Set by a run that continues as new; never by people. */
  readonly carried?: JsonValue
  /** Set by a run for its children; never by people, and not heeded in a workflow that has no parent. */
  readonly within?: Within
}

/** The place in another run from which an agent goes on: before the answer to that run's step. */
export interface ForkedFrom {
  /** The run's id, for people. */
  readonly run: string
  readonly step: number
  /** What the model saw in that step; shared, not copied. */
  readonly transcript: TranscriptRef
  /** What of that stands in the prompt, and what can be cleared of it. Absent in what was forked before forks knew. */
  readonly prompt?: PromptState
  /** What routing remembers of that prompt. Absent where nothing of it can be warm any more. */
  readonly memory?: RoutingMemory
  /** A user message behind it. */
  readonly say?: Words
}

/** Where a child run stands in its tree. */
export interface Within {
  /** The run at the top of the tree, in whose scope money and tokens are reserved. */
  readonly root: { readonly id: string; readonly key: string }
  /** Of the root's children 1. */
  readonly depth: number
  /** Whether a run above has a money limit. */
  readonly moneyLimited: boolean
  /** The slices of runs between the root and this one, outermost first: see {@link RunRef.slices}. */
  readonly slices?: readonly string[]
  /** The runs above whose people are asked when their limit on money or tokens is short. */
  readonly askers?: readonly Asker[]
}

export interface Asker {
  /** The workflow's. */
  readonly id: string
  /** Of the scope that people can raise there. */
  readonly key: string
}

/** What a run tells one above it of whose budget nothing is left for it. */
export interface Shortage {
  /** The id of the run that is short. */
  readonly run: string
  /** The last number of raises that it has heard of. */
  readonly raises: number
  readonly message: string
}

/** What it is told when that budget is larger. */
export interface RaisedAbove {
  /** Of the scope. */
  readonly key: string
  /** Raises so far. */
  readonly raises: number
}

/** The one argument of every workflow. */
export interface Brief<Input = JsonValue> {
  readonly input: Input
  readonly terms?: Terms
}

/** Which run an activity works for. */
export interface RunRef {
  /** The workflow id: what people and the ledger call the run. */
  readonly id: string
  /**
   * Temporal's `firstExecutionRunId`: survives reset and continue-as-new, unlike the run id. A child's: the key at the top of its
   * tree with the path of its id, `key/critic-1-1`.
   */
  readonly key: string
  readonly workspace: string
  readonly labels: Labels
  readonly policy?: Policy
  /** Whether a money limit is set: endpoints without a known price are then rejected. */
  readonly moneyLimited?: boolean
  /** Whether people are asked when the run's own limit is short. */
  readonly asks?: boolean
  /** The id of the run at the top of the tree; absent in that run itself. */
  readonly root?: string
  /** The scope in which a child's money and tokens are reserved: the root's key. Absent: the run's own key. */
  readonly scope?: string
  /**
   * Scopes inside of the root's, outermost first, in which money and tokens are reserved as well: the keys of this run and of
   * runs above it that were given a slice. Absent: none.
   */
  readonly slices?: readonly string[]
  /** The run is under zero data retention itself: its payloads and its content in the store are encrypted. */
  readonly sealed?: boolean
}

/** The first `length` messages of a lineage. */
export interface TranscriptRef {
  readonly lineage: string
  readonly length: number
}

/**
 * What of a transcript stands in a prompt; the transcript itself stays whole. A view is a few numbers and a reference: what it
 * leaves out is looked up where the call is made.
 */
export interface PromptView {
  /** The step whose call was the first with this view, and how it came about. */
  readonly since: number
  readonly by: 'clearing' | 'compaction'
  /** A note stands in place of each long tool result at a position before this one. */
  readonly clearedBefore: number
  readonly compacted?: Compacted
}

/** The messages from `head` until `until` are out of the prompt; in their place stands the answer that ends `summary`. */
export interface Compacted {
  readonly head: number
  readonly until: number
  readonly summary: TranscriptRef
}

/** A step whose tool results stand in the prompt as they are. */
export interface WholeStep {
  /** The position of the answer that asked for the tools; their results follow it. */
  readonly answer: number
  /** Estimated tokens of the results that can be cleared. */
  readonly results: number
  /** Tokens of everything else that the step added. */
  readonly others: number
}

/** What an agent's loop counts of its prompt; small, for it travels with each continue-as-new and with a fork. */
export interface PromptState {
  readonly view?: PromptView
  /** Messages before the first answer. They stay in every view: they say what the run is about. */
  readonly head: number
  readonly headTokens: number
  /** Up to and with the last answer: exact where the vendor told, an estimate right after the view has changed. */
  readonly tokens: number
  /** Oldest first. */
  readonly whole: readonly WholeStep[]
  readonly clearings: number
  readonly compactions: number
  /** Set when the class that sums up gave no answer: it is not asked again in this part. */
  readonly compactionFailed?: boolean
}

/** What a tool gave back. `preview` is the whole result as JSON text when `stored` is false. */
export interface ToolResultRef {
  readonly toolCallId: string
  readonly toolName: string
  readonly isError: boolean
  readonly preview: string
  readonly bytes: number
  /** True: the whole lies in the store under the run's key, the step, the tool call's id and the question. */
  readonly stored: boolean
  /** A digest of what was asked of the tool, of a result that is stored. */
  readonly question?: string
  readonly step: number
}

/** What a call adds to its transcript: messages as they are, or tool results and a user's long text by reference. */
export type Addition =
  | Message
  | { readonly role: 'tool-results'; readonly results: readonly ToolResultRef[] }
  | { readonly role: 'stored-text'; readonly text: StoredText }

/** How a call wants to be answered; an absent field leaves the class's setting. */
export interface CallSettings {
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly reasoning?: 'none' | 'minimal' | 'low' | 'medium' | 'high'
  readonly providerOptions?: ProviderOptions
}

/**
 * What routing remembers within a run. `draw` in [0, 1) is drawn once per run, so that a weighted choice stays where
 * the cache is warm; `known` is the exact prompt of the last answer, from which the next estimate starts.
 */
export interface RoutingMemory {
  readonly draw: number
  readonly known?: KnownPrompt
}

/** What is known of a transcript from its last answer. Small, for each answer carries it in history. */
export interface KnownPrompt {
  readonly endpoint: string
  /** The exact prompt and answer, in that endpoint's tokens. */
  readonly promptTokens: number
  /** The messages that they are. */
  readonly length: number
  /** Answers on this transcript so far. */
  readonly calls?: number
  /** By how much the last call made it grow. */
  readonly grownTokens?: number
  /** The usual time from one answer to the next, newest weighing most. */
  readonly gapMs?: number
  /** Whose caches hold it, latest first. */
  readonly warm?: readonly WarmPrefix[]
  /** Under which key vendors that go by one hold it. Absent: the tree's own; present in a fork: that of the run that it left. */
  readonly cacheKey?: string
  /**
   * A digest of what else the vendor counts and keeps the prompt by: the tools that were offered and the reasoning that was asked for.
   * At most 8 characters. Absent: nobody has noted it, and it is taken for the same.
   */
  readonly beside?: string
  /** All of this is another run's, from which this one was forked and in which nothing is answered yet. */
  readonly forked?: true
}

/** An endpoint that holds a transcript's first `tokens` tokens in its cache, last used at `atMs`. */
export interface WarmPrefix {
  readonly endpoint: string
  readonly tokens: number
  readonly atMs: number
}

export interface CallModelInput {
  readonly run: RunRef
  readonly step: number
  readonly taskClass: string
  readonly transcript: TranscriptRef
  /** Absent: the whole transcript is the prompt. */
  readonly view?: PromptView
  readonly additions: readonly Addition[]
  /** Names; their schemas are resolved in the activity. */
  readonly tools?: readonly string[]
  /** The name of a registered schema that the answer must satisfy. */
  readonly schema?: string
  readonly settings?: CallSettings
  readonly policy?: Policy
  readonly labels?: Labels
  readonly memory: RoutingMemory
  /** Present: the call sums up its transcript for calls of this class, whose policy binds it too. */
  readonly sumsUpFor?: string
}

/**
 * Money spent, as integers of pico-dollars (1e-12 USD) in decimal strings. Low and high are equal when the cost is
 * exact; between them lies what a vendor may have billed for attempts that were cut, aborted or lost.
 */
export interface Cost {
  readonly lowPico: string
  readonly highPico: string
  /** Attempts with usage but no known price; they are in neither bound. */
  readonly unpriced?: number
}

/**
 * `abandoned`: its worker was lost. `outrun`: another attempt of the same call, asked beside it, began to answer first; it was aborted.
 */
export type AttemptOutcome = 'answered' | 'fault' | 'cancelled' | 'abandoned' | 'outrun'

/** One request on the wire, as the workflow and people see it. */
export interface AttemptSummary {
  readonly attempt: number
  readonly endpoint: string
  readonly outcome: AttemptOutcome
  readonly fault?: FaultKind
  readonly cost?: Cost
  readonly firstTokenMs?: number
  readonly totalMs?: number
}

/** A tool that the model asked for. */
export interface ToolCallRef {
  readonly toolCallId: string
  readonly toolName: string
  /** At most {@link PREVIEW_BYTES}; the whole input is in the journal. */
  readonly inputPreview: string
  readonly needsApproval: boolean
  /** How long a person has for it; absent: as long as it takes. */
  readonly deadline?: ApprovalDeadline
  /** Present where the workflow itself has the tool run, with what it passes on; absent: our activity runs it. */
  readonly elsewhere?: Elsewhere
  /** Present where the model was not offered the tool, whoever else has it: nothing runs, and the model is told that it has none. */
  readonly unoffered?: Unoffered
}

/** A tool that a model made up, or knows from elsewhere. */
export interface Unoffered {
  /** The one of those that it was offered. */
  readonly nearest?: string
}

/** How long a person has to decide on a tool call, and what holds when nobody has. */
export interface ApprovalDeadline {
  /** From when the tool was asked for. */
  readonly withinMs: number
  readonly otherwise: Decision['decision']
}

/** A tool that is a child run. */
export interface Elsewhere {
  readonly kind: 'agent'
  readonly input: string
}

/** An activity on another task queue, in any language, that serves as a tool. */
export interface RemoteActivity {
  /** The activity's type. */
  readonly activity: string
  readonly taskQueue: string
  /** For all of it: the wait for a worker, and every try. */
  readonly timeoutMs: number
  readonly retry: RemoteRetry
}

/** How often a failing activity is tried, and how long between. An absent field is Temporal's default. */
export interface RemoteRetry {
  readonly maximumAttempts?: number
  readonly initialIntervalMs?: number
  readonly maximumIntervalMs?: number
  readonly backoffCoefficient?: number
  readonly nonRetryableErrorTypes?: readonly string[]
}

/** The answer of one call. */
export interface Answer {
  /** The call's identity in the journal; tools find their input under it. */
  readonly callId: string
  readonly text: string
  /** Present when a schema was asked for: the value that satisfied it. */
  readonly value?: JsonValue
  readonly toolCalls: readonly ToolCallRef[]
  /** True: the answer ended at its output limit, and what it says is not whole. */
  readonly truncated: boolean
  readonly endpoint: string
  readonly model: string
  /** The transcript with this answer. Another lineage than the one asked with when a reset run goes another way. */
  readonly transcript: TranscriptRef
  readonly known?: RoutingMemory['known']
}

/** What one call has spent over all of its attempts so far. */
export interface Spent {
  readonly attempts: readonly AttemptSummary[]
  readonly usage: Usage
  readonly cost: Cost
}

export type CallModelResult =
  | ({ readonly kind: 'answered'; readonly answer: Answer } & Spent)
  | ({ readonly kind: 'wait'; readonly ms: number; readonly reason: string } & Spent)
  | ({ readonly kind: 'fault'; readonly fault: Fault } & Spent)
  | ({
      readonly kind: 'over-budget'
      readonly message: string
      /** Whose limit it is: a run's key for its own, or the scope of a shared budget. */
      readonly scopeId: string
    } & Spent)
  | ({ readonly kind: 'cancelled' } & Spent)

export interface RunToolInput {
  readonly run: RunRef
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  /** The call whose answer asked for the tool; absent when a workflow asks itself, with `input`. */
  readonly callId?: string
  readonly input?: JsonValue
  readonly inputPreview?: string
  readonly unoffered?: Unoffered
}

export type RunToolResult =
  | { readonly kind: 'done'; readonly result: ToolResultRef }
  | { readonly kind: 'cancelled' }
  /** The input is right, and the workflow is to schedule the activity with it. */
  | { readonly kind: 'remote'; readonly remote: RemoteActivity; readonly input: JsonValue; readonly question?: string }

/** What a tool gave that ran elsewhere, to be kept like the result of any other. */
export interface KeepResultInput {
  readonly run: RunRef
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  /** A digest of what was asked of the tool. */
  readonly question?: string
  readonly isError: boolean
  readonly result: JsonValue
}

export interface OpenRunInput {
  readonly run: RunRef
  readonly workflow: string
  readonly terms: Terms
  /** An agent to look up by name. */
  readonly agent?: string
  /** The workflows that the worker serves, where a name that is none of them is taken for an agent's. */
  readonly workflows?: readonly string[]
  readonly summary?: string
  /** The run begins with it, perhaps not for the first time. Absent: it is a part behind another one, or looks an agent up. */
  readonly begins?: true
}

/** An agent as the workflow needs it: names and limits, no code. */
export interface AgentPlan {
  readonly name: string
  readonly instructions: string
  /** For the model of an agent that has this one as a tool. */
  readonly description?: string
  readonly taskClass: string
  readonly tools: readonly string[]
  /** Agents that the model may ask like tools; each runs as a child run. */
  readonly agents?: readonly string[]
  /** What one run of an agent may spend at most, by its name; absent: what the tree has left. */
  readonly agentBudgets?: Readonly<Record<string, Budget>>
  readonly limits: AgentLimits
  readonly settings?: CallSettings
  readonly schema?: string
  /** The task class that sums up what no longer fits into the prompt. */
  readonly compaction?: string
  /** Set when the run is opened, from the limits and the class. Absent: nothing is known, and prompts only grow. */
  readonly prompt?: PromptBounds
}

/** How long prompts may grow, and what shortening them costs. */
export interface PromptBounds {
  /** Tokens of a prompt above which it is made shorter. */
  readonly ceiling: number
  /** The last steps whose tool results are cleared only when nothing else helps. */
  readonly keptSteps: number
  /** What a token that the vendor has in its cache costs, of the price of a new one: 0.1 with most, 1 without a cache. */
  readonly cachedShare: number
  readonly compactionClass: string
}

export interface AgentLimits {
  /** Model calls. @defaultValue 100 */
  readonly steps: number
  /** Tool calls of one step that run at the same time. @defaultValue 8 */
  readonly parallelTools: number
  /**
   * Model calls of one part, after which the run continues as new at its next quiet point. A replay takes 3 to 8 ms a
   * step, so a worker takes over a part of 100 in less than a second. @defaultValue 100
   */
  readonly stepsPerPart?: number
  /**
   * Tokens of a prompt above which old tool results are cleared from it, and then what is old is summed up. @defaultValue
   * 90 % of the smallest window of the task class, less the answer's room
   */
  readonly promptTokens?: number
  /** The last steps whose tool results stay in the prompt, unless they alone are too long. @defaultValue 3 */
  readonly keptSteps?: number
}

export type OpenRunResult =
  | {
      readonly kind: 'opened'
      readonly agent?: AgentPlan
      readonly searchAttributes: boolean
      /** Of the task classes that have one: their calls are dispatched by it. */
      readonly priorities?: Readonly<Record<string, number>>
    }
  | { readonly kind: 'refused'; readonly message: string }

export interface CloseRunInput {
  readonly run: RunRef
  readonly outcome: OutcomeKind
  readonly message?: string
}

/**
 * A child run whose end Temporal told, and not the run itself: it was terminated, timed out, or cancelled outright, or its workflow
 * returned something else than its outcome.
 */
export interface CloseLostInput {
  readonly run: Pick<RunRef, 'id' | 'key'>
  readonly outcome: OutcomeKind
  readonly message?: string
}

/** What the ledger knows of a run that could not tell it. */
export type LostSpendings = Pick<Outcome, 'cost' | 'usage' | 'calls' | 'toolCalls'>

export type OutcomeKind = 'answered' | 'stopped' | 'out-of-budget' | 'refused' | 'failed' | 'cancelled'

/** How a run ended and what it cost. `output` is what a workflow of one's own returned; `text` what an agent said. */
export interface Outcome<Output = JsonValue> {
  readonly kind: OutcomeKind
  readonly text?: string
  /** Present where the agent's last answer ended at its output limit: the text is not whole. */
  readonly truncated?: true
  readonly output?: Output
  readonly message?: string
  readonly fault?: Fault
  readonly cost: Cost
  readonly costUsd: string
  readonly usage: Usage
  readonly calls: number
  readonly toolCalls: number
}

/** An approval that a run waits for. */
export interface PendingApproval {
  readonly toolCallId: string
  readonly toolName: string
  readonly inputPreview: string
  readonly step: number
  /** When it is decided without a person, and how; absent: it waits as long as it takes. */
  readonly until?: DecidedUntil
}

/** A deadline as a point in time. */
export interface DecidedUntil {
  readonly atMs: number
  readonly otherwise: Decision['decision']
}

/** A word on a tool call. The first one on a call holds. */
export interface Decision {
  readonly toolCallId: string
  readonly decision: 'approve' | 'deny'
  readonly by?: string
  readonly note?: string
  /** Nobody decided in time: what the tool says for that case holds. Never set by people. */
  readonly deadline?: boolean
}

/** A decision that holds, as a run remembers it. */
export interface HeldDecision extends Omit<Decision, 'note'> {
  readonly step: number
}

/** What a decision came to. */
export interface DecisionResult {
  readonly held: HeldDecision
  /** The same was decided before, and nothing has changed. */
  readonly repeated: boolean
}

/** A decision on its way into the record. */
export interface KeepDecisionInput extends Decision {
  readonly run: RunRef
  readonly step: number
  readonly toolName: string
  /** By the run's clock, so that a replay or a second try is the same record. */
  readonly atMs: number
}

/** What the state query answers. */
export interface RunState {
  readonly status: 'running' | 'waiting' | 'waiting-for-approval' | 'stopping' | 'closed'
  readonly step: number
  readonly cost: Cost
  readonly costUsd: string
  readonly usage: Usage
  readonly calls: number
  readonly toolCalls: number
  readonly pending: readonly PendingApproval[]
  readonly waitingFor?: string
}
