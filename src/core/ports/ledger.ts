/**
 * The record of runs, calls and money.
 *
 * @module
 */
import type { AssistantMessage } from '../messages.ts'
import type {
  Answer,
  AskedLikeTool,
  Budget,
  Cost,
  ForkedFrom,
  KeepDecisionInput,
  LostSpendings,
  OutcomeKind,
  RaiseBudgetInput,
  RaisedBudget,
  RunRef,
  TranscriptRef,
} from '../protocol.ts'
import type { AttemptEnd, AttemptRecord, NewAttempt, NewCall, Reserved } from './attempts.ts'

/** A run that is opened. */
export interface NewRun {
  readonly run: RunRef
  readonly workflow: string
  readonly budget: Budget
  /** The model that an agent's own calls are bound to. Absent: any of their class. */
  readonly model?: string
  /** The tool call of the run above that it answers. */
  readonly asked?: Pick<AskedLikeTool, 'step' | 'toolCallId'>
  /** The run's first lineage begins with this transcript, which stays where it is. */
  readonly forkedFrom?: ForkedFrom
  /** How long after its end its content may be kept. Absent: until it is purged. */
  readonly retentionMs?: number
  /** The Temporal run that opens it: each part does, and a run that was reset to its beginning. */
  readonly part?: string
  /** The id of the namespace that it runs in. Absent: its server names none. */
  readonly namespaceId?: string
  /** The name of that namespace, by which its key is found. */
  readonly namespace?: string
  /** The run begins with this, perhaps at the second try. Absent: a later part opens it, or only an agent is looked up. */
  readonly begins?: true
  readonly startedAtMs: number
}

/** How a run ended. */
export interface RunEnd {
  readonly outcome: OutcomeKind
  readonly message?: string
  /** What the run and the runs below it have cost, for the run above. Absent: the ledger is asked. */
  readonly cost?: Cost
  /** The Temporal run that ends. Absent where nobody knows which. */
  readonly part?: string
  /**
   * Present where the run did not tell its end and the server was asked: how the run stood before. Nothing is ended where another part
   * has come to it since, or where it has an end already.
   */
  readonly seen?: Pick<RunSeen, 'latestPart'>
  readonly endedAtMs: number
}

/** The end of a run as the server tells it. */
export interface FoundEnd {
  /** Why it ended, in words for people. */
  readonly reason: string
  /** Absent where nobody has said: it was terminated, say. */
  readonly outcome?: OutcomeKind
  /** The Temporal run that ended. Absent where the server does not know the run any more. */
  readonly part?: string
}

/** A run as it stands in the store at a look. */
export interface RunSeen extends Pick<RunRef, 'id' | 'key'> {
  /** The Temporal run that was the last to come to it. Absent: none has said which it was. */
  readonly latestPart?: string
  /** The id of the namespace that it runs in. Absent: nobody has said. */
  readonly namespaceId?: string
}

/** What the store already knows of a call that begins, perhaps not for the first time. */
export interface CallSoFar {
  /** Where the messages were appended. It has another lineage than was asked for if other messages were in their place. */
  readonly transcript: TranscriptRef
  /** The journal's answer, if the call was answered before. */
  readonly answered?: { readonly answer: Answer }
  /** When the part that asks has begun it; absent where it has not before. */
  readonly startedAtMs?: number
  /** Earlier attempts in order. Those that were open are now `abandoned`: their worker was lost. */
  readonly attempts: readonly AttemptRecord[]
  /** Present: since then it waited for room in a budget, and was put off. */
  readonly waitingSinceMs?: number
  /** The class that it waited in: a lower one, where it had stepped down. */
  readonly waitingIn?: string
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
  /** A run that has ended is open again when another part opens it. The run above a new one is told. */
  openRun(run: NewRun): Promise<void>
  /**
   * Records the end and settles attempts that are still open: their worker is gone. The first end holds, unless a run that was
   * reset ends again. Gives whether there was anything to settle or to end. The run above is told.
   */
  closeRun(run: Pick<RunRef, 'id' | 'key'>, end: RunEnd): Promise<boolean>
  /** `closeRun` for a run that cannot close itself; gives what it and the runs below it have spent. */
  closeLost(run: Pick<RunRef, 'id' | 'key'>, end: RunEnd): Promise<LostSpendings>
  /** What a run and the runs below it have spent so far, settled or not. */
  spentBy(run: Pick<RunRef, 'id' | 'key'>): Promise<LostSpendings>
  /** Whether the run that began a transcript, or one that it goes on from, is sealed. */
  isSealed(transcript: Pick<TranscriptRef, 'lineage'>): Promise<boolean>
  /** `undefined` for a run that was never opened. */
  seen(run: Pick<RunRef, 'key'>): Promise<RunSeen | undefined>
  /** Throws for a run that was never opened: a worker with another store lacks all of it, and the run's own workers do not. */
  assertOpened(run: Pick<RunRef, 'id' | 'key'>): Promise<void>
  /** Whether the call has begun before. */
  isBegun(callId: string): Promise<boolean>
  /**
   * Opens a run again that has ended, for a part that was not there before its end: somebody has reset it. Throws for any other
   * part, as `beginAttempt` does: its activity was believed lost, and nothing of it may leave.
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
