/**
 * What clients, workflows and activities send each other: names, inputs and results. Each message is one object of plain readonly JSON,
 * so that a field can be added without breaking open runs.
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
 * The files in `protocol/` have one subject each. Import from here.
 *
 * @module
 */
export type { AgentLimits, AgentPlan, PromptBounds } from './protocol/agents.ts'
export type {
  Addition,
  Answer,
  AttemptOutcome,
  AttemptSummary,
  CallModelInput,
  CallModelResult,
  CallSettings,
  Cost,
  GivenMessage,
  GiveUpCallInput,
  HandedOver,
  Sampling,
  Spent,
  TellUnansweredInput,
  ToolChoice,
} from './protocol/calls.ts'
export {
  DECIDED_OTHERWISE,
  DEFAULT_WORKSPACE,
  ENDED,
  MOST_HISTORY_BYTES,
  NOT_ASKED,
  OUTCOME_KINDS,
  PREVIEW_BYTES,
  QUERIES,
  SEARCH_ATTRIBUTES,
  SIGNALS,
  TASK_QUEUE,
  UPDATES,
} from './protocol/names.ts'
export type {
  Answers,
  AskBudgetInput,
  AskPersonInput,
  AskPersonResult,
  BudgetRaise,
  DecidedUntil,
  Decision,
  DecisionResult,
  HeldDecision,
  KeepDecisionInput,
  KeepSaidInput,
  PendingApproval,
  RaiseBudgetInput,
  RaisedAbove,
  RaisedBudget,
  ReadAnswerInput,
  ReadAnswerResult,
  Said,
  Shortage,
  WithdrawQuestionInput,
} from './protocol/people.ts'
export type {
  Compacted,
  KnownPrompt,
  PromptState,
  PromptView,
  RoutingMemory,
  TranscriptRef,
  WarmPrefix,
  WholeStep,
} from './protocol/prompts.ts'
export type {
  AgentOutcome,
  CloseLostInput,
  CloseRunInput,
  HasAgentInput,
  InputProblemInput,
  OpenRunInput,
  OpenRunResult,
  Outcome,
  OutcomeKind,
  OutcomeWithValue,
  RunSpent,
  RunState,
} from './protocol/runs.ts'
export type {
  AskedLikeTool,
  Asker,
  Brief,
  Budget,
  ForkedFrom,
  Labels,
  RunName,
  RunRef,
  Terms,
  Within,
  Words,
} from './protocol/terms.ts'
export type {
  ApprovalDeadline,
  Elsewhere,
  InHistory,
  KeepResultInput,
  RemoteActivity,
  RemoteRetry,
  RunToolInput,
  RunToolResult,
  TellCancelledInput,
  ToolCallRef,
  ToolFace,
  ToolFailure,
  ToolResultRef,
} from './protocol/tools.ts'
