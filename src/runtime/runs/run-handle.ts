/**
 * One run, as a client holds it. Types alone.
 *
 * @module
 */
import type { JsonValue } from '../../core/messages.ts'
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

/** Who decides and why, for the record. */
export type Verdict = Pick<Decision, 'by' | 'note'>

/** Where nobody says what the run closes with. */
interface Known<Ended> {
  readonly known: Ended
  readonly unsaid: never
}

/**
 * A run that you can listen to and tell things. `Value`: what it closes with, if known; `Ended`: how it ends, if more is known; `Ask`:
 * what it and the runs below it may ask people.
 */
export interface RunHandle<Value = JsonValue, Ended = Outcome<Value>, Ask = PendingAsk> extends RecordedRun<Ask> {
  /** The workflow's id, by which people and the ledger know the run. */
  readonly id: string
  /** Whether there is a run of this id: at the Temporal server or, once that has forgotten it, in the store as one that has ended. */
  exists(): Promise<boolean>
  /** Its page in the Temporal UI; `undefined` if the client does not know where the UI is, or the server has forgotten the run. */
  url(): Promise<string | undefined>
  /**
   * Waits for the end and returns how the run ended, whatever the end. For an agent with a schema, `output` is there if `kind` is
   * `answered`.
   *
   * @throws WorkflowNotFoundError once the Temporal server has forgotten the run, for only the server had what it gave. The last of its
   * `events()` still says how it ended.
   */
  outcome<Unsaid extends Known<Ended> = Known<Ended>>(): Promise<Unsaid['known']>
  outcome<Output>(): Promise<Outcome<Output>>
  /** Its current state. A worker has to answer, even for a run that has ended. @throws RunUnheard if none does */
  state(): Promise<RunState>
  /**
   * Lets a waiting tool call run, or answers a question with `approve`.
   *
   * Like everything that is said to a run, it waits for a worker, and throws {@link RunUnheard} if none answers within half a minute.
   *
   * The first decision about a tool call or a question counts. Saying it again changes nothing, and the result says so. The opposite
   * decision, and one about something that is not asked, throws {@link NotAccepted}; a run that has ended throws {@link RunEnded}.
   */
  approve(toolCallId: string, verdict?: Verdict): Promise<DecisionResult>
  /** Denies a waiting tool call, or answers a question with `deny`. Otherwise like {@link RunHandle.approve}. */
  deny(toolCallId: string, verdict?: Verdict): Promise<DecisionResult>
  /** Answers a question that a workflow asks, by its id, with one of its answers. */
  answer(questionId: string, answer: string, verdict?: Verdict): Promise<DecisionResult>
  /** Raises the limits that the run was started with, at once. A run that waits for that continues. */
  raiseBudget(raise: BudgetRaise): Promise<RaisedBudget>
  /**
   * Gives the running agent a message, a text or texts and files, which it reads before its next call. Files, and a text over 64 kB, are
   * kept in the store; without the store the limit is 1 MB.
   *
   * @param as - `id`: your id for the message, else it gets one of its own. Saying it again under the same id changes nothing, so you
   * can retry if the answer was lost. `by`: who says it, for the record.
   */
  say(text: string | readonly GivenPart[], as?: Pick<Said, 'id' | 'by'>): Promise<void>
  /** Ends the run after what is already paid for. */
  stop(): Promise<void>
  /** Ends the run now; calls on the wire are aborted. */
  cancel(): Promise<void>
}
