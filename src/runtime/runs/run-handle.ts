/**
 * A run, as a client has it. Types only.
 *
 * @module
 */
import type { Jsonable, JsonValue } from '../../core/messages.ts'
import type {
  BudgetRaise,
  Decision,
  DecisionResult,
  Outcome,
  RaisedBudget,
  RunState,
  Said,
} from '../../core/protocol.ts'
import type { GivenPart } from '../given/given-parts.ts'
import type { PendingAsk } from './pending-asks.ts'
import type { RecordedRun } from './recorded-run.ts'
import type { Terminated } from './terminate-run.ts'

/** Options that come from a request, say, which may lack them: one that is `undefined` counts as left out. */
type MayBeUndefined<Options> = { readonly [Name in keyof Options]: Options[Name] | undefined }

/** Who decides and why, for the record. */
export type Verdict = MayBeUndefined<Pick<Decision, 'by' | 'note'>>

/**
 * Lets `outcome()` return the known type, and `outcome<Output>()` the type that the caller says: no type of an output extends this. As a
 * type parameter and not as an overload without one, so that a handle of a known run can be passed to a function of any run.
 */
interface KnownOutcome<Ended> {
  readonly known: Ended
  readonly unsaid: never
}

/**
 * A run that you can read and talk to. `Value`: what it closes with, if that is known. `Ended`: its outcome, if more is known. `Ask`: what
 * it and the runs below it may ask people. `Answer`: the values that they may answer with.
 */
export interface RunHandle<Value = JsonValue, Ended = Outcome<Value>, Ask = PendingAsk, Answer = Jsonable>
  extends RecordedRun<Ask> {
  /** The workflow's id, by which people and the ledger know the run. */
  readonly id: string
  /** Whether there is a run of this id: at the Temporal server or, once that has forgotten it, in the store as one that has ended. */
  exists(): Promise<boolean>
  /** Its page in the Temporal UI; `undefined` if the client does not know where the UI is, or the server has forgotten the run. */
  url(): Promise<string | undefined>
  /**
   * Waits until the run has ended and returns its outcome, whatever that is. For an agent with a schema, `output` is there if `kind` is
   * `answered`.
   *
   * @throws WorkflowNotFoundError if the Temporal server has forgotten the run, because only the server has outcomes. The last of the run's
   * `events()` still says how it ended. RunUnheard for a run that could not say what it has spent, as one that was cancelled, if neither the
   * store nor a worker tells it.
   */
  outcome<Unsaid extends KnownOutcome<Ended> = KnownOutcome<Ended>>(): Promise<Unsaid['known']>
  outcome<Output>(): Promise<Outcome<Output>>
  /** Its current state. A worker has to answer, even for a run that has ended. @throws RunUnheard if none does */
  state(): Promise<RunState>
  /**
   * Lets a waiting tool call run, or answers a question with `approve`.
   *
   * The first decision about a tool call or a question counts. Making it again changes nothing, and the result says so.
   *
   * @throws NotAccepted for a different decision than the first, and for something that is not asked; RunEnded if the run has ended;
   * RunUnheard if no worker answers within half a minute, as with everything that is said to a run.
   */
  approve(toolCallId: string, verdict?: Verdict): Promise<DecisionResult>
  /** Denies a waiting tool call, or answers a question with `deny`. Otherwise like {@link RunHandle.approve}. */
  deny(toolCallId: string, verdict?: Verdict): Promise<DecisionResult>
  /**
   * Answers a question that a workflow asks, by its id: with one of its answers, a text, or the value that its schema wants.
   *
   * @throws NotAccepted, which names each problem of a value with its path: the question then stays open. TypeError for a value of which JSON
   * would lose something
   */
  answer(questionId: string, answer: string | Answer, verdict?: Verdict): Promise<DecisionResult>
  /** Raises the limits that the run was started with, at once. A run that waits for that continues. */
  raiseBudget(raise: MayBeUndefined<BudgetRaise>): Promise<RaisedBudget>
  /**
   * Gives the running agent a message, a text or texts and files, which it reads before its next call. Files, and a text over 64 kB, are
   * kept in the store; without the store the limit is 1 MB.
   *
   * @param as - `id`: your id for the message, else it gets one of its own. Saying it again under the same id changes nothing, so you
   * can retry if the answer was lost. `by`: who says it, for the record.
   */
  say(text: string | readonly GivenPart[], as?: MayBeUndefined<Pick<Said, 'id' | 'by'>>): Promise<void>
  /** Tells the run to end once what is in progress, and therefore paid for, has finished. */
  stop(): Promise<void>
  /** Tells the run to end at once. Requests that are being answered are aborted. It ends once a worker has heeded that. */
  cancel(): Promise<void>
  /**
   * Ends the run and those below it without asking them, for one that cannot end itself: its code fails, or no worker serves it. Nothing
   * of their code runs any more, not even what it does at its end. Calls in progress are charged the most that they may have cost, until
   * a worker that is still at work on one says what it was. The outcome is `failed`. Without the store, or while that is out of reach,
   * the Temporal server ends the runs all the same. With the store, those below a run that has ended are ended too.
   *
   * @throws RunEnded if the run has ended, and all below it
   */
  terminate(): Promise<Terminated>
}
