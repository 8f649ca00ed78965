/**
 * What the call-model activity needs from the world.
 *
 * @module
 */
import type { ScreenPrompt } from '../../src/core/content/screen.ts'
import type {
  AdmissionPort,
  BatchPort,
  BudgetPort,
  BudgetWarning,
  EventPort,
  HealthPort,
  HedgePort,
  LedgerPort,
  LinePort,
  ModelPort,
  PrefixPort,
  RegistryPort,
  SealPort,
  TextPort,
  TokenPort,
  ToolRecordPort,
  TranscriptPort,
} from '../../src/core/ports.ts'
import type { Roster } from '../../src/core/routing/filter/roster.ts'
import type { Directory } from '../../src/core/task-class.ts'
import type { PolicyProblem } from '../names.ts'
import type { StoppingPort } from '../told-to-end.ts'
import type { DeltaTarget, KnownRejections, LeftCalls, MostOutput } from './remembered.ts'

/** Some are read anew for each call, since a configuration may be exchanged: `directory`, `roster`, `models` and `batches`. `stopping` is that of the workers that run now. */
export interface CallModelPorts extends StoppingPort {
  readonly directory: Directory
  /** Of the directory's endpoints. */
  readonly roster: Roster
  readonly registry: RegistryPort
  readonly ledger: LedgerPort
  readonly seals: SealPort
  readonly budgets: Pick<BudgetPort, 'warnings' | 'beginWait' | 'endWait'>
  /** Sends a warning to the budget's webhook, if it has one; gives what went wrong, and never rejects. */
  readonly announce: (warning: BudgetWarning) => Promise<string | undefined>
  readonly transcripts: TranscriptPort
  readonly toolRecords: ToolRecordPort
  readonly texts: Pick<TextPort, 'take'>
  readonly events: EventPort
  /** The attempts of this worker whose words are handed to readers now. */
  readonly streaming: Set<DeltaTarget>
  readonly models: ModelPort
  readonly batches: BatchPort
  readonly health: HealthPort
  /** Whether other workers serve the task queue of the activity too, as far as the server says. */
  readonly othersServe: () => Promise<boolean>
  readonly leftCalls: LeftCalls
  readonly admissions: AdmissionPort
  readonly line: LinePort
  readonly hedges: HedgePort
  readonly prefixes: PrefixPort
  readonly tokens: TokenPort
  /** Which rejections of plans this worker has stored. */
  readonly knownRejections: KnownRejections
  /** Which settings that endpoints do not take this worker has told of. */
  readonly toldLeftOut: Set<string>
  /** How much output endpoints have told this worker that they give at most. */
  readonly mostOutput: MostOutput
  /** Holds prompts to content rules. */
  readonly screen: ScreenPrompt
  readonly policyProblem: PolicyProblem
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** In [0, 1). */
  readonly chance: () => number
  /** 128 random bits as text, for the ids of requests on the wire. */
  readonly newId: () => string
}
