/**
 * What activities need from the outside world, as interfaces. They are implemented in `src/providers`, `src/store`, `src/catalog` and
 * `src/tools`, which know nothing of each other, and put together in `src/runtime`.
 *
 * The files in `ports/` have one subject each. Import from here.
 *
 * @module
 */
export type { Agent, AgentOf, InstructionsContext, InstructionsFor } from './ports/agents.ts'
export type {
  AttemptEnd,
  AttemptRecord,
  KeptRejections,
  KeptRoute,
  NewAttempt,
  NewCall,
  NotReserved,
  Permit,
  Reserved,
  ShortBudget,
  ShortScope,
  WasteReason,
  WorstCase,
} from './ports/attempts.ts'
export type {
  BudgetHolder,
  BudgetPort,
  BudgetStanding,
  BudgetWait,
  BudgetWaiter,
  BudgetWarning,
  SetLimits,
} from './ports/budgets.ts'
export type { SealPort, TextPort, TranscriptPort } from './ports/content.ts'
export type { EventOfRun, EventPort, EventSpan, Once } from './ports/events.ts'
export type {
  AlertPort,
  BegunAlert,
  HealthPort,
  SaidAgain,
  SeenOf,
  SharedHealth,
  SharedHealthPort,
} from './ports/health.ts'
export type {
  AnswerCommit,
  CallSoFar,
  FoundEnd,
  LedgerPort,
  NewRun,
  RunEnd,
  RunSeen,
  UnansweredCalls,
} from './ports/ledger.ts'
export type {
  Ask,
  BatchPort,
  Caching,
  ModelPort,
  Outgoing,
  Pending,
  ReplyAnswer,
  ReplyFault,
  Submitted,
  Timings,
  TokenPort,
  Unsure,
} from './ports/model.ts'
export type { DueNotice, NoticeKey, NoticePort, NoticeTry } from './ports/notices.ts'
export type {
  Charged,
  KeptEnd,
  ToolBegin,
  ToolCharge,
  ToolEnd,
  ToolRecordKey,
  ToolRecordPort,
} from './ports/tool-records.ts'
export type {
  AnswerSchema,
  AnswerSchemaOf,
  AskingRun,
  RegistryPort,
  Tool,
  ToolCallContext,
  ToolOf,
} from './ports/tools.ts'
export type {
  Admission,
  AdmissionAsk,
  AdmissionPort,
  HedgePort,
  Lead,
  LimitPlace,
  LinePort,
  Place,
  PrefixPort,
} from './ports/waiting.ts'
