/**
 * The record of runs, calls and money.
 *
 * @module
 */
import type { AssistantMessage } from '../messages.ts'
import type { WantedNotice } from '../notice.ts'
import type {
  Answer,
  AskedLikeTool,
  Budget,
  Cost,
  ForkedFrom,
  KeepDecisionInput,
  OutcomeKind,
  RaiseBudgetInput,
  RaisedBudget,
  RunName,
  RunRef,
  RunSpent,
  TranscriptRef,
} from '../protocol.ts'
import type { AttemptEnd, AttemptRecord, NewAttempt, NewCall, Reserved } from './attempts.ts'

/** A run, or a part of it, that is opened. */
export interface NewRun {
  readonly run: RunRef
  readonly workflow: string
  readonly budget: Budget
  /** The model that an agent's own calls are bound to. Absent if any of their class will do. */
  readonly model?: string
  /** The tool call of the run above for which it runs. */
  readonly asked?: Pick<AskedLikeTool, 'step' | 'toolCallId'>
  /** Where the run was forked from. Its first lineage begins with that transcript, which is not copied. */
  readonly forkedFrom?: ForkedFrom
  /** Who is to be told of its end. Absent: nobody. */
  readonly notices?: readonly WantedNotice[]
  /** How long its content may be kept after its end. Absent: until it is purged. */
  readonly retentionMs?: number
  /** The id of the Temporal run that opens it; see `NewCall.part`. */
  readonly part?: string
  /** The id of its namespace. Absent if its server names none. */
  readonly namespaceId?: string
  /** The name of its namespace, under which the store finds its key. */
  readonly namespace?: string
  /** Set if the run begins here, if perhaps at the second attempt. Absent if a later part opens it, or only an agent is looked up. */
  readonly begins?: true
  readonly startedAtMs: number
}

/** How a run ended. */
export interface RunEnd {
  readonly outcome: OutcomeKind
  readonly message?: string
  /** What the run and the runs below it have cost, for the run above. Absent: the ledger adds it up. */
  readonly cost?: Cost
  /** The id of the Temporal run that ended; absent if it is not known. */
  readonly part?: string
  /**
   * The run as it was before Temporal was asked, if the run did not report its end itself. Nothing changes if another part has opened
   * the run since, or if it has an end already.
   */
  readonly seen?: Pick<RunSeen, 'latestPart'>
  readonly endedAtMs: number
}

/** The end of a run, as the Temporal server reports it. */
export interface FoundEnd {
  /** Why it ended, for people. */
  readonly reason: string
  /** Absent if the run left none, for example because it was terminated. */
  readonly outcome?: OutcomeKind
  /** The id of the Temporal run that ended. Absent if the server has forgotten the run. */
  readonly part?: string
}

/** A run as the store had it at some moment. */
export interface RunSeen extends RunName {
  /** The id of the last Temporal run that opened it; absent if it is not known. */
  readonly latestPart?: string
  /** The id of its namespace; absent if it is not known. */
  readonly namespaceId?: string
}

/** What the store knows of a call that begins, which may not be the first time. */
export interface CallSoFar {
  /** Where the messages were appended. In a new lineage if the place already had other messages. */
  readonly transcript: TranscriptRef
  /** The journal's answer, if the call was answered before. */
  readonly answered?: { readonly answer: Answer }
  /** When this part of the run first began the call; absent if it is the first time. */
  readonly startedAtMs?: number
  /** Earlier attempts, in order. Those that were open are now `abandoned`, because their worker was lost, unless they are in a batch. */
  readonly attempts: readonly AttemptRecord[]
  /** Since when it has waited for room in a budget, if it set a timer for that. */
  readonly waitingSinceMs?: number
  /** The class in which it waited: a cheaper one, if it had stepped down. */
  readonly waitingIn?: string
}

/** Calls that have no answer, and that nobody is at work on any more. */
export interface UnansweredCalls extends Pick<NewCall, 'run' | 'step' | 'part'> {
  /** Absent: all calls of the step. */
  readonly callId?: string
  readonly endedAtMs: number
}

/** An answer to write into the journal. */
export interface AnswerCommit {
  readonly call: NewCall
  readonly attemptId: string
  readonly end: AttemptEnd
  readonly message: AssistantMessage
  /** `answer.transcript` is set by the store. */
  readonly answer: Omit<Answer, 'transcript'>
  readonly transcript: TranscriptRef
}

/** A batch of which nobody has taken the answer yet, by the id of its endpoint and its own. */
export interface OpenBatch {
  readonly endpoint: string
  readonly batch: string
}

/**
 * Who waits for a batch that was noted: its open attempt; perhaps its call, of which another part of the run, or another worker, has
 * settled the attempt; nobody, because the call or its run is over.
 */
export type BatchNoted = 'open' | 'settled' | 'over'

/**
 * The record of calls, attempts and money, with the journal of answers. Each method is one transaction.
 *
 * Contract: every method is idempotent: called again with the same arguments, it changes nothing. The run's events
 * (`step-start`, `attempt-start`, `attempt-end`, `answer`, `approval-ask`) are written in the same transactions, and so are those of the
 * run above about this one.
 */
export interface LedgerPort {
  /** Opens a run, or opens it again if it has ended and another part of it comes. */
  openRun(run: NewRun): Promise<void>
  /**
   * Records the end of a run and settles its open attempts, whose worker must be gone. The first end counts, unless the run was reset and
   * ends again.
   *
   * @returns whether this changed anything.
   */
  closeRun(run: RunName, end: RunEnd): Promise<boolean>
  /** `closeRun` for a run that cannot close itself. Returns what it and the runs below it have spent. */
  closeLost(run: RunName, end: RunEnd): Promise<RunSpent>
  /** What a run and the runs below it have spent so far, settled or not. */
  spentBy(run: RunName): Promise<RunSpent>
  /** Whether the run that began this lineage, or a run that it was forked from, is sealed. */
  isSealed(transcript: Pick<TranscriptRef, 'lineage'>): Promise<boolean>
  /** `undefined` for a run that was never opened. */
  seen(run: Pick<RunRef, 'key'>): Promise<RunSeen | undefined>
  /** Throws if the run was never opened here, which means that this worker has another store than the run's own workers. */
  assertOpened(run: RunName): Promise<void>
  /** Whether the call has begun before. */
  isBegun(callId: string): Promise<boolean>
  /**
   * Begins a call, perhaps again. If the run has ended and this part of it is new, somebody has reset the run, and it is opened again.
   *
   * Throws if the run has ended and the part is not new. The same holds for `beginAttempt`. Their activity was considered lost, and it may
   * send nothing any more.
   */
  beginCall(call: NewCall): Promise<CallSoFar>
  /**
   * Writes down a call that waits or ends before it has asked anyone. If another worker has begun it meanwhile, one of the two is believed
   * lost. What is written of the call stays as it is then, and so do its attempts.
   */
  noteCall(call: NewCall): Promise<TranscriptRef>
  /**
   * Reserves the worst case in the tree's scope, in the run's slices and in every shared budget, and writes the open row; or does none of
   * that. If the call has not begun, the same transaction begins it.
   */
  beginAttempt(attempt: NewAttempt): Promise<Reserved>
  /**
   * Notes that the vendor has taken the attempt into a batch. It stays open then until somebody ends it, or its call or its run, and that
   * may have happened already.
   */
  noteBatch(attemptId: string, batch: string): Promise<BatchNoted>
  endAttempt(attemptId: string, end: AttemptEnd): Promise<void>
  /** What calls of a run wait for in batches, or those of one step. */
  openBatches(run: Pick<RunRef, 'key'>, step?: number): Promise<readonly OpenBatch[]>
  /**
   * Ends calls without an answer: settles their open attempts, and takes them out of every line. A worker that was believed lost can
   * then neither send anything for them nor let them wait again, until the run asks them anew. Calls that another part has begun since
   * are left alone.
   */
  endCalls(calls: UnansweredCalls): Promise<void>
  /** Writes the answer into the journal, if there is none, and returns the answer that the journal has. */
  commitAnswer(commit: AnswerCommit): Promise<Answer>
  attemptsOf(callId: string): Promise<readonly AttemptRecord[]>
  /** Adds to the limits of a run, and records who approved it. Returns the new limits. */
  raiseBudget(raise: RaiseBudgetInput): Promise<RaisedBudget>
  /** Records who decided on a tool call, and writes the event. */
  keepDecision(decision: KeepDecisionInput): Promise<void>
}
