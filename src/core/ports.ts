/**
 * What the activities need from the world, as interfaces. Implementations live in `src/providers`, `src/store`,
 * `src/catalog` and `src/tools`, know nothing of each other, and are put together in `src/runtime`.
 *
 * @module
 */
import type { SharedLimit } from './budgets/shared-limit.ts'
import type { DataPolicy, Endpoint, RateLimits } from './endpoints.ts'
import type { RunEvent, RunEventBody } from './events.ts'
import type { Fault, FaultKind } from './faults/fault.ts'
import type { AssistantMessage, FunctionTool, JsonValue, Message } from './messages.ts'
import type {
  AgentPlan,
  Answer,
  ApprovalDeadline,
  AttemptOutcome,
  Budget,
  CallSettings,
  Cost,
  ForkedFrom,
  KeepDecisionInput,
  Labels,
  LostSpendings,
  OutcomeKind,
  PromptView,
  RaiseBudgetInput,
  RaisedBudget,
  RemoteActivity,
  RunRef,
  TranscriptRef,
} from './protocol.ts'
import type { ScopeLimit } from './routing/admission.ts'
import type { Recurring } from './routing/cache-marks.ts'
import type { HealthOutcome, HealthState, Seen } from './routing/health.ts'
import type { EndpointHealth } from './routing/route.ts'
import type { Usage } from './usage.ts'

// ---- asking a model -------------------------------------------------------------------------------------------

/** What is about to leave, shown to the gate when nothing has left yet. */
export interface Outgoing {
  readonly url: string
  /** The request's body, parsed. */
  readonly body: unknown
  readonly bodyBytes: number
  /** The output limit as the vendor will read it, thinking included; `undefined` when the body names none. */
  readonly maxOutputTokens?: number
}

/**
 * Decides at the last moment whether a request may leave: policy, reservation and the ledger's row happen here.
 * Throws to hold the request back; the provider passes what it throws on, unchanged.
 */
export type Gate = (outgoing: Outgoing) => Promise<void>

export interface Ask {
  readonly endpoint: Endpoint
  readonly prompt: readonly Message[]
  readonly tools: readonly FunctionTool[]
  /** A JSON schema for the answer, sent in the best way that the endpoint has. */
  readonly schema?: { readonly name: string; readonly json: JsonValue }
  readonly settings: CallSettings
  /** Absent: nothing of the prompt comes again, and no mark is placed. */
  readonly caching?: Caching
  /** Our id of this attempt, sent as `x-client-request-id`. */
  readonly wireRequestId: string
  /** Under ZDR the request must ask the vendor to store nothing. */
  readonly zdr: boolean
  readonly signal: AbortSignal
  readonly gate: Gate
  /** Called once, right before the first content: text, reasoning or the beginning of a tool call. */
  readonly onContent?: () => void
  readonly onDelta: (kind: 'text' | 'reasoning', text: string) => void
}

/** What is known of prompts to come, for vendors whose caches want to be told. */
export interface Caching {
  /** The same for all prompts that may share a beginning: those of one run and of the runs below it. At most 64 characters. */
  readonly key: string
  /** How much of the prompt others will begin with, soon enough to find it in the cache. */
  readonly recurring: Recurring
}

/** What was measured of an attempt, whatever became of it. */
export interface Timings {
  readonly firstTokenMs?: number
  readonly totalMs: number
}

/** A whole answer: it ended with a reason other than error. */
export interface ReplyAnswer {
  readonly kind: 'answer'
  readonly message: AssistantMessage
  readonly text: string
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other'
  readonly usage: Usage
  /** A cost that the vendor reported itself, in pico-dollars. */
  readonly reportedCostPico?: string
  /** The vendor's id of the request. */
  readonly requestId?: string
  /** What the vendor says of its own limits. */
  readonly limits?: RateLimits
  readonly timings: Timings
}

/**
 * Anything else. `billable: 'no'` when the vendor refused before it began to answer (its reply was an error status) or was
 * never reached; `'maybe'` when the request left and nobody can say.
 */
export interface ReplyFault {
  readonly kind: 'fault'
  readonly fault: Fault
  readonly billable: 'no' | 'maybe'
  /** What usage was seen before the end, e.g. the prompt's. */
  readonly usage?: Usage
  readonly requestId?: string
  /** What the vendor says of its own limits. */
  readonly limits?: RateLimits
  readonly timings: Timings
}

/**
 * Asks one endpoint once.
 *
 * Contract: resolves for everything that a vendor or the network can do; rejects only with what the gate threw,
 * or for a bug. An abort through `signal` closes the socket within 100 ms and gives a fault `cancelled`. Unknown
 * counts are `undefined`.
 */
export interface ModelPort {
  ask(ask: Ask): Promise<ReplyAnswer | ReplyFault>
}

// ---- the store ------------------------------------------------------------------------------------------------

export interface NewRun {
  readonly run: RunRef
  readonly workflow: string
  readonly budget: Budget
  /** The run's first lineage begins with this transcript, which stays where it is. */
  readonly forkedFrom?: ForkedFrom
  /** How long after its end its content may be kept. Absent: until it is purged. */
  readonly retentionMs?: number
  /** The Temporal run that opens it: each part does, and a run that was reset to its beginning. */
  readonly part?: string
  /** The id of the namespace that it runs in. Absent: its server names none. */
  readonly namespaceId?: string
  /** The run begins with it, perhaps not for the first time. Absent: a part behind another one, or a later look at the same. */
  readonly begins?: true
  readonly startedAtMs: number
}

export interface RunEnd {
  readonly outcome: OutcomeKind
  readonly message?: string
  /** The Temporal run that ends. Absent where nobody knows which. */
  readonly part?: string
  /**
   * Present where the end was found out and not told by the run: how the run stood before the server was asked. Where another
   * part has come to it since, this ends nothing; and the end that a run has stays.
   */
  readonly seen?: Pick<RunSeen, 'latestPart'>
  readonly endedAtMs: number
}

/** The end of a run as the server tells it. */
export interface FoundEnd {
  /** In words for people. */
  readonly reason: string
  /** The Temporal run that ended. Absent where the server does not know the run any more. */
  readonly part?: string
}

/** A run as it stands in the store at a look. */
export interface RunSeen extends Pick<RunRef, 'id' | 'key'> {
  /** The Temporal run that was the last to come to it. Absent: none has said which it was. */
  readonly latestPart?: string
  /** Of the namespace that it runs in. Absent: nobody has said. */
  readonly namespaceId?: string
}

/** A call's identity: the run's key, the step and a digest of what is asked, so that it never answers another question. */
export interface NewCall {
  readonly callId: string
  readonly run: RunRef
  readonly step: number
  /** The class that serves it. */
  readonly taskClass: string
  /** The class that it was asked in, where that is another one. */
  readonly asked?: string
  readonly labels: Labels
  readonly transcript: TranscriptRef
  /** The Temporal run that asks: a run that was reset goes on under another. */
  readonly part?: string
  /** To be appended at `transcript.length`. */
  readonly messages: readonly Message[]
  /** Absent: the whole transcript is the prompt. One that begins with this call has an event, which is written with the call. */
  readonly view?: PromptView
  /** Present: the call sums up its transcript for calls of this class. */
  readonly sumsUpFor?: string
  /** The plan of a call that begins before anyone is asked. */
  readonly route?: KeptRoute
  readonly startedAtMs: number
}

/** What the store already knows of a call that begins, perhaps not for the first time. */
export interface CallSoFar {
  /** Where the messages were appended: another lineage when the place was taken by something else. */
  readonly transcript: TranscriptRef
  /** The journal's answer, if the call was answered before. */
  readonly answered?: { readonly answer: Answer }
  /** Earlier attempts in order. Those that were open are now `abandoned`: their worker was lost. */
  readonly attempts: readonly AttemptRecord[]
  /** Present: since then it waited for room in a budget, and was put off. */
  readonly waitingSinceMs?: number
}

/** What an attempt may cost at most. Absent money: the endpoint has no price. */
export interface WorstCase {
  readonly pico?: string
  readonly tokens: number
  /** The configuration lets it work under money limits without a price: its tokens alone are counted. */
  readonly unpriced?: true
}

/** Rejections that many plans have in common, by the digest of their text. */
export interface KeptRejections {
  readonly digest: string
  readonly body: string
}

/** A plan as the ledger keeps it: a `RouteRecord` as text. */
export interface KeptRoute {
  readonly record: string
  /** Present: they may not lie in the store yet. */
  readonly rejections?: KeptRejections
}

export interface NewAttempt {
  /** `callId#attempt`. */
  readonly attemptId: string
  readonly attempt: number
  readonly call: NewCall
  readonly endpoint: Endpoint
  /** The endpoint that the plan put first. */
  readonly planned: string
  /** Why this endpoint and not another, e.g. `planned`, `rerouted: rate-limited`. */
  readonly reason: string
  /** With the first attempt of each plan. */
  readonly route?: KeptRoute
  readonly wireRequestId: string
  readonly worstCase: WorstCase
  /** The shared budgets that it counts towards. */
  readonly shared?: readonly SharedLimit[]
  readonly catalogVersion: string
  readonly startedAtMs: number
}

export interface AttemptEnd {
  readonly outcome: AttemptOutcome
  readonly fault?: Fault
  readonly usage?: Usage
  /** Absent: unpriced. */
  readonly cost?: Cost
  readonly reportedCostPico?: string
  readonly requestId?: string
  readonly firstTokenMs?: number
  readonly totalMs?: number
  readonly endedAtMs: number
}

/**
 * Why money was spent on what nobody uses: the attempt's fault; `worker-lost` and `cancelled`, of which nobody knows what was
 * billed; `hedge`, of an attempt that another one was faster than; `second-answer`, of a worker that was believed lost while another one answered; `reset`, of a way that the run has left.
 */
export type WasteReason = FaultKind | 'worker-lost' | 'cancelled' | 'hedge' | 'second-answer' | 'reset'

/** A row of the ledger. */
export interface AttemptRecord {
  readonly attemptId: string
  readonly attempt: number
  readonly callId: string
  readonly runId: string
  readonly step: number
  readonly taskClass: string
  readonly workspace: string
  readonly labels: Labels
  readonly endpoint: string
  readonly provider: string
  readonly model: string
  readonly planned: string
  readonly reason: string
  /** The Temporal run that made it: another one than the last where the run was reset since. */
  readonly part?: string
  readonly retention?: string
  readonly wireRequestId: string
  /** `open` while the request is out; then how it ended. */
  readonly outcome: AttemptOutcome | 'open'
  /** Why it was paid, or may have been, and is not used. Only reports say it. */
  readonly waste?: WasteReason
  readonly fault?: Fault
  readonly usage: Usage
  readonly cost?: Cost
  readonly reportedCostPico?: string
  readonly requestId?: string
  readonly catalogVersion: string
  readonly firstTokenMs?: number
  readonly totalMs?: number
  readonly startedAtMs: number
  readonly endedAtMs?: number
}

/** A shared budget that has no room, with the limits that hold now. */
export interface ShortBudget {
  readonly name: string
  readonly limitPico?: string
  readonly limitTokens?: number
  /** When its period ends; absent for a lifetime. */
  readonly endsAtMs?: number
}

/** `short`: nothing was reserved. The headroom is what a smaller worst case could still have in every scope. */
export type Reserved =
  | {
      readonly kind: 'reserved'
      /** Present when the call began with this attempt: where its messages were appended. */
      readonly transcript?: TranscriptRef
    }
  | {
      readonly kind: 'short'
      readonly headroomPico?: string
      readonly headroomTokens?: number
      /** Other attempts, perhaps of other runs, hold reservations in every scope that is short: waiting may free some. */
      readonly inFlight: boolean
      /** The scope that is short, or the one of several that waiting does not help. */
      readonly scopeId: string
      /** Present: it is a run's slice of its tree's budget. */
      readonly slice?: true
      /** Present: it is a shared budget's. With neither it is the tree's own. */
      readonly budget?: ShortBudget
    }

/** An answer on its way into the journal. */
export interface AnswerCommit {
  readonly call: NewCall
  readonly attemptId: string
  readonly end: AttemptEnd
  readonly message: AssistantMessage
  /** `answer.transcript` is set by the store. */
  readonly answer: Omit<Answer, 'transcript'>
  readonly transcript: TranscriptRef
}

/**
 * The record of calls, attempts and money, with the journal of answers. Each method is one transaction.
 *
 * Contract: every method may be called again with the same arguments and changes nothing then. The run's events
 * (`step-start`, `attempt-start`, `attempt-end`, `answer`, `approval-ask`) are written in the same transactions.
 */
export interface LedgerPort {
  /** A run that has ended is open again when another part opens it. */
  openRun(run: NewRun): Promise<void>
  /**
   * Records the end and settles attempts that are still open: their worker is gone. The first end holds, unless a run that was
   * reset ends again. Gives whether there was anything to settle or to end.
   */
  closeRun(run: Pick<RunRef, 'key'>, end: RunEnd): Promise<boolean>
  /** {@link closeRun} for a run that cannot close itself; gives what it and the runs below it have spent. */
  closeLost(run: Pick<RunRef, 'key'>, end: RunEnd): Promise<LostSpendings>
  /** What a run and the runs below it have spent so far, settled or not. */
  spentBy(run: Pick<RunRef, 'key'>): Promise<LostSpendings>
  /** `undefined` for a run that was never opened. */
  seen(run: Pick<RunRef, 'key'>): Promise<RunSeen | undefined>
  /** Whether the call has begun before. */
  isBegun(callId: string): Promise<boolean>
  /**
   * Opens a run again that has ended, for a part that was not there before its end: somebody has reset it. Throws for any other
   * part, as {@link beginAttempt} does: its activity was believed lost, and nothing of it may leave.
   */
  beginCall(call: NewCall): Promise<CallSoFar>
  /**
   * Reserves the worst case in the tree's scope, in the run's slices and in every shared one and writes the open row, or does
   * none of it. Begins a call that has not begun in the same transaction.
   */
  beginAttempt(attempt: NewAttempt): Promise<Reserved>
  endAttempt(attemptId: string, end: AttemptEnd): Promise<void>
  /** First writer wins: gives the journal's answer, which may be an earlier one. */
  commitAnswer(commit: AnswerCommit): Promise<{ readonly answer: Answer; readonly first: boolean }>
  attemptsOf(callId: string): Promise<readonly AttemptRecord[]>
  /** Adds to the limits of a run, with who approved it; gives those that hold then. */
  raiseBudget(raise: RaiseBudgetInput): Promise<RaisedBudget>
  /** Records who decided on a tool call, with its event. */
  keepDecision(decision: KeepDecisionInput): Promise<void>
}

/** Spendings of a shared budget have reached a share of its limit. */
export interface BudgetWarning {
  readonly budget: string
  readonly scopeId: string
  readonly share: number
  readonly limitPico?: string
  readonly limitTokens?: number
  readonly spentPico: string
  readonly spentTokens: number
  readonly endsAtMs?: number
}

/** An attempt that holds money or tokens of a budget. */
export interface BudgetHolder {
  readonly runId: string
  readonly attemptId: string
  readonly endpoint: string
  /** Absent: it has no known price. */
  readonly pico?: string
  readonly tokens: number
  readonly sinceMs: number
}

/** A call that waits for room in a budget. */
export interface BudgetWait {
  readonly scopeId: string
  readonly callId: string
  readonly run: Pick<RunRef, 'id' | 'key'>
  readonly step: number
  readonly taskClass: string
  readonly endpoint: string
  readonly reason: string
  /** What it asked for last. */
  readonly needed: WorstCase
  readonly sinceMs: number
  /** Of one that was put off: when it asks again. Absent of one that stands in line. */
  readonly dueAtMs?: number
}

/** One that waits, as people see it. */
export type BudgetWaiter = Omit<BudgetWait, 'scopeId' | 'callId' | 'run' | 'dueAtMs'> & { readonly runId: string }

/** Limits that people have set: each that is present holds instead of the configuration's. */
export interface SetLimits {
  readonly limitPico?: string
  readonly limitTokens?: number
  readonly setAtMs: number
}

/** How a shared budget stands in one period. */
export interface BudgetStanding {
  readonly scopeId: string
  readonly budget: string
  /** The limits that hold now. */
  readonly limitPico?: string
  readonly limitTokens?: number
  /** Present where somebody has set limits. */
  readonly set?: SetLimits
  readonly spentPico: string
  readonly spentTokens: number
  readonly reservedPico: string
  readonly reservedTokens: number
  readonly endsAtMs?: number
  /** Longest first. */
  readonly holders: readonly BudgetHolder[]
  /** Longest first; calls that have waited for less than half a second are not among them. */
  readonly waiters: readonly BudgetWaiter[]
}

/** Budgets that runs share. Reserving in them and settling is the {@link LedgerPort}'s, together with the run's own. */
export interface BudgetPort {
  /** Shares reached that nobody was told of: each is given once, to one caller, however many ask. */
  warnings(limits: readonly SharedLimit[], atMs: number): Promise<readonly BudgetWarning[]>
  standing(limits: readonly SharedLimit[]): Promise<readonly BudgetStanding[]>
  /** Sets limits that hold at once, and leaves one that is absent as it was set; `undefined` gives the budget back to the configuration. */
  setLimits(budget: string, limits: SetLimits | undefined): Promise<void>
  /** Writes down that a call waits; once more with another scope, it waits there. In a run that has ended it changes nothing. */
  beginWait(wait: BudgetWait): Promise<void>
  endWait(callId: string): Promise<void>
  /** Forgets calls that were put off and have not come back for ten minutes: their run has dropped them, and goes on. */
  sweep(nowMs: number): Promise<void>
  /**
   * Runs that have open attempts, and so hold reservations, or calls that wait for some; and open ones that are sealed or whose
   * content has a retention, which begins with their end.
   */
  holdingRuns(): Promise<readonly RunSeen[]>
  /** Runs whose end is not written: of those whose key comes after `after`, in the order of keys, the first `limit`. */
  openRuns(after: string, limit: number): Promise<readonly RunSeen[]>
}

/** Which alerts have begun, over all workers. */
export interface AlertPort {
  /** `true` for the first who says so: each change is given to one caller. One that was never begun has ended. */
  mark(alert: string, state: 'begun' | 'ended', atMs: number): Promise<boolean>
  begun(): Promise<readonly string[]>
}

/** The seals of runs under zero data retention. */
export interface SealPort {
  /** Whether a run's tree has a key, so that its content is sealed. Throws when that key is out of reach. */
  isSealed(runId: string): Promise<boolean>
  /** A digest of a sealed run's words under its key, in hex: nobody without the key can try words against it. */
  digest(runId: string, text: string): Promise<string>
}

export interface TranscriptPort {
  /**
   * The messages of a lineage from 0 to `length`, across its parents, or what a view leaves of them. Throws `LostContent` when
   * one is missing or damaged.
   */
  read(transcript: TranscriptRef, view?: PromptView): Promise<readonly Message[]>
}

/** Long texts of people, which a client writes for a run before it tells the run of them. */
export interface TextPort {
  /**
   * Keeps a text for a run that may not have begun, sealed where the run's tree has a key, and gives its digest. Once, however
   * often it is tried.
   */
  keep(runId: string, text: string, atMs: number): Promise<string>
  /** A text that was kept for this run; from then on it is the run's own. Throws `LostContent` when there is none, or a changed one. */
  take(run: Pick<RunRef, 'id' | 'key'>, digest: string): Promise<string>
}

/**
 * How far a tool call has come. `unknown`: it began before and its end was never written. `withoutQuestion`: it did so before
 * records had a question, and what it began with had none.
 */
export type ToolBegin =
  | { readonly kind: 'new' }
  | { readonly kind: 'finished'; readonly isError: boolean; readonly result: JsonValue }
  | { readonly kind: 'unknown'; readonly withoutQuestion?: true }

export interface ToolRecordKey {
  readonly run: RunRef
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  /**
   * A digest of what is asked: a reset run that comes to the same place with another question is never given the answer to this
   * one. Absent: the call was scheduled before there was one.
   */
  readonly question?: string
  /** The Temporal run that asks; see {@link NewCall.part}. */
  readonly part?: string
}

/** Tool calls and their results, each once. Writes the events `tool-start` and `tool-end`. */
export interface ToolRecordPort {
  /**
   * Opens a run again that has ended, as {@link LedgerPort.beginCall} does, and throws for a part that was there before its end,
   * unless the call is finished.
   */
  begin(key: ToolRecordKey, atMs: number): Promise<ToolBegin>
  finish(key: ToolRecordKey, end: { isError: boolean; result: JsonValue; preview: string; atMs: number }): Promise<void>
  /** The result that a reference in history names; `question` as it has it. */
  result(runKey: string, step: number, toolCallId: string, question?: string): Promise<JsonValue | undefined>
  /** A long result by the reference that its note names, among those of the call's transcript; `undefined`: there is none. */
  byReference(callId: string, reference: string): Promise<JsonValue | undefined>
  /** The input that a model gave to a tool, out of the journal's answer. */
  inputOf(callId: string, toolCallId: string): Promise<JsonValue | undefined>
}

/** What tells one event that is written once from all others. */
export interface Once {
  readonly id: string
  /** The Temporal run that writes; see {@link NewCall.part}. */
  readonly part?: string
}

export interface EventPort {
  /** Appends to the run's list, unless the run has ended: who writes then was believed lost. A part that is new has begun a call before. */
  write(run: RunRef, events: readonly RunEventBody[], atMs: number): Promise<void>
  /** One event, once however often it is tried under the same id. A part that is new to a run that has ended opens it again. */
  writeOnce(run: RunRef, once: Once, event: RunEventBody, atMs: number): Promise<void>
  /** Events with an offset greater than `after`, in order; a run's first has offset 1. A run's key names it where its id was used again. */
  read(runId: string, after: number, limit: number): Promise<readonly RunEvent[]>
}

/** What one worker has seen of an endpoint and nobody else knows yet, oldest first. */
export interface SeenOf {
  readonly endpoint: string
  readonly seen: readonly Seen[]
}

/** An endpoint as all workers together have seen it. */
export interface SharedHealth {
  readonly endpoint: string
  readonly state: HealthState
  readonly changedAtMs: number
}

/** How endpoints are doing, as all workers of a store have seen it. Each method is one transaction. */
export interface SharedHealthPort {
  /**
   * Adds what a worker has seen, and gives how those endpoints are then, and all others that changed at or after a time. Nobody
   * is held up by it: a worker calls it now and then, and knows what it has seen itself meanwhile.
   */
  exchange(news: readonly SeenOf[], changedSinceMs: number, nowMs: number): Promise<readonly SharedHealth[]>
  /** The same for one endpoint, and hands out its probe if it is due and nobody has it. */
  claimProbe(news: SeenOf, nowMs: number): Promise<{ readonly granted: boolean; readonly health: SharedHealth }>
}

// ---- tools and schemas ----------------------------------------------------------------------------------------

/** What a tool is told about the call it serves. */
export interface ToolCallContext {
  /** f(run, step, toolCallId, what is asked): the same on every try, different for every call. */
  readonly idempotencyKey: string
  readonly runId: string
  readonly signal: AbortSignal
}

/** A tool as the activities see it. */
export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: JsonValue
  /** `false`: at most once; an unknown outcome is told to the model. */
  readonly idempotent: boolean
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
  run(input: unknown, context: ToolCallContext): Promise<JsonValue>
}

/** A named shape that an answer can be held to. */
export interface AnswerSchema {
  readonly name: string
  readonly json: JsonValue
  parse(
    value: unknown,
  ): { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly problem: string }
}

/** The agents, tools and schemas of a worker, by name. */
export interface RegistryPort {
  agent(name: string): AgentPlan | undefined
  tool(name: string): Tool | undefined
  schema(name: string): AnswerSchema | undefined
  /** All that are registered, in their order. */
  names(kind: 'agent' | 'tool' | 'schema'): readonly string[]
  /** The registered name that someone probably meant. */
  nearest(name: string, kind: 'agent' | 'tool' | 'schema'): string | undefined
}

// ---- what a worker knows ----------------------------------------------------------------------------------------

/** How endpoints are doing, as this worker has seen it and, where it shares a store, as the others have. */
export interface HealthPort {
  of(endpointId: string): EndpointHealth
  /** How they all are at this moment: a plan reads the clock once. */
  now(): (endpointId: string) => EndpointHealth
  /**
   * Right before an attempt: `false` while the endpoint is closed, or while another attempt probes it, of any worker. A promise
   * only where the attempt would be a probe.
   */
  claim(endpointId: string): boolean | Promise<boolean>
  record(endpointId: string, outcome: HealthOutcome): void
}

/** A request that is about to leave for an endpoint with limits. */
export interface AdmissionAsk {
  readonly callId: string
  readonly workspace: string
  /** 1 goes first, 5 last. */
  readonly priority: number
  /** Sorted by scope; at least one. */
  readonly limits: readonly ScopeLimit[]
  /** What it will probably take of a limit on tokens. */
  readonly tokens: number
  /** It comes back when it is due: it gets a place among those that wait, and keeps the one that it has. */
  readonly waits: boolean
  /** Where requests in flight are limited, it counts as one until it is released, or until this time. */
  readonly permitId: string
  readonly permitUntilMs: number
  readonly nowMs: number
}

/** `later`: nothing was taken. `isFull`: too many are in flight, and the time is a guess. */
export type Admission =
  | { readonly kind: 'start' }
  | { readonly kind: 'later'; readonly atMs: number; readonly scopeId: string; readonly isFull: boolean }

/**
 * Start times at endpoints that have limits, over all workers of a store. Each method is one transaction; endpoints without
 * limits are never asked about.
 */
export interface AdmissionPort {
  admit(ask: AdmissionAsk): Promise<Admission>
  /** A request in flight has ended. */
  release(permitId: string): Promise<void>
  /** A call waits no more. */
  leave(callId: string): Promise<void>
  /** A run is no more: none of its calls waits, and none of its requests counts as in flight. */
  leaveRun(runKey: string): Promise<void>
  /** Forgets who does not come any more, and scopes that nobody has used for an hour. Changes no start time. */
  sweep(nowMs: number): Promise<void>
}

/** Where a call of this worker stands among those that wait for room in one scope. */
export interface Place {
  readonly scopeId: string
  /** How many stand in the line, this one included. */
  readonly length: number
  /** `true` when it is this call's turn to ask the store again, `false` when the time is over or the signal fires. */
  turn(atMostMs: number, signal: AbortSignal): Promise<boolean>
  /** Once is enough; later calls change nothing. */
  leave(): void
  /** Leaves, and gives all behind a turn at once: nothing is in flight that they could wait for. */
  dissolve(): void
}

/** The calls of this worker that wait for room in a budget. */
export interface LinePort {
  readonly isEmpty: boolean
  /** The first of the scopes for which somebody waits: a call that comes now must stand in line there. */
  scopeWaitedFor(scopeIds: readonly string[]): string | undefined
  join(scopeId: string, sinceMs: number): Place
  /** Something was given back in these scopes. */
  freed(scopeIds: readonly string[]): void
}

/** The first of several calls that begin alike. Of the two verbs the first one counts, and later ones change nothing. */
export interface Lead {
  /** Its answer has begun: the beginning lies in the vendor's cache, and the others may go. */
  warmed(): void
  /** It ended before that: another one leads. */
  ended(): void
}

export interface Joining {
  /** How long the vendor keeps a beginning after its last use. */
  readonly ttlMs: number
  /** To wait for who leads. */
  readonly atMostMs: number
  readonly signal: AbortSignal
}

/** Calls of this worker that begin alike. */
export interface PrefixPort {
  /**
   * Resolves with the lead where nobody has it and the beginning is cold; with nothing, perhaps after a wait, where it is warm, the
   * time is over, or the signal fires.
   */
  join(key: string, joining: Joining): Promise<Lead | undefined>
}

/** What this worker knows for classes that hedge. */
export interface HedgePort {
  /** An endpoint's first token came after this time, or had not come by then. */
  heard(endpointId: string, firstTokenMs: number): void
  /** Of 100 times to first token the 95th; `undefined` while there are too few. */
  p95Ms(endpointId: string): number | undefined
  /** A call of the class begins. */
  called(taskClass: string): void
  /** Whether one more of the class's calls may be hedged; it counts as hedged then. */
  take(taskClass: string, share: number): boolean
}

/** Token counts of a prompt before any vendor has counted it. */
export interface TokenPort {
  /** The likely count. */
  estimate(messages: readonly Message[], tools: readonly FunctionTool[]): number
  /** A count that no tokenizer exceeds. */
  bound(messages: readonly Message[], tools: readonly FunctionTool[]): number
}
